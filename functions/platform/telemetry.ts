import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs. Ids and numbers only: no input, no label, no header, no token ever goes in. */
export const logger = new Logger({ serviceName: 'relearn' });

export interface MetricDefinition {
  readonly unit: 'Count' | 'Milliseconds' | 'None';
  /** 1 s resolution, for alarms of 10 s. */
  readonly highResolution?: boolean;
}

interface Metric extends MetricDefinition {
  /** One, or up to 100 that were measured at the same time. */
  readonly value: number | readonly number[];
}

type Members = Readonly<Record<string, string | number | boolean | readonly number[] | undefined>>;

/**
 * Prepares lines of one shape in CloudWatch's embedded metric format, for code that prints one a request.
 *
 * @param dimensions - names of one set
 * @returns prints a line; its members are the values of the metrics and of the dimensions, and further properties
 */
export const prepareMetrics = (
  namespace: string,
  dimensions: readonly string[],
  metrics: Readonly<Record<string, MetricDefinition>>,
): ((now: number, members: Members) => void) => {
  const directives = JSON.stringify([
    {
      Namespace: namespace,
      Dimensions: [dimensions],
      Metrics: Object.entries(metrics).map(([Name, { unit: Unit, highResolution }]) => ({
        Name,
        Unit,
        ...(highResolution === true ? { StorageResolution: 1 } : {}),
      })),
    },
  ]);
  return (now, members) => {
    const rest = JSON.stringify(members).slice(1);
    process.stdout.write(`{"_aws":{"Timestamp":${now},"CloudWatchMetrics":${directives}},${rest}\n`);
  };
};

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
  properties: Members = {},
): void => {
  const values = Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
  prepareMetrics(namespace, Object.keys(dimensions), metrics)(now, { ...dimensions, ...properties, ...values });
};
