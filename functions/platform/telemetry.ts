import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs. Ids and numbers only: no input, no label, no header, no token ever goes in. */
export const logger = new Logger({ serviceName: 'relearn' });

interface Metric {
  readonly unit: 'Count' | 'Milliseconds' | 'None';
  readonly value: number;
  /** 1 s resolution, for alarms of 10 s. */
  readonly highResolution?: boolean;
}

/**
 * Prints one line in CloudWatch's embedded metric format.
 *
 * @param dimensions - one set; its values come from ids and statuses alone
 * @param properties - further members of the line, which are searchable and cost no metric
 */
export const emitMetrics = (
  now: number,
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  metrics: Readonly<Record<string, Metric>>,
  properties: Readonly<Record<string, string | number | boolean | undefined>> = {},
): void => {
  const line = {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: Object.entries(metrics).map(([Name, { unit: Unit, highResolution }]) => ({
            Name,
            Unit,
            ...(highResolution === true ? { StorageResolution: 1 } : {}),
          })),
        },
      ],
    },
    ...dimensions,
    ...properties,
    ...Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value])),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
