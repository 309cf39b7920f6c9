import { MetricName, namespace, rolloutNamespace } from '../../contracts/telemetry.ts';
import { prepareMetrics } from '../platform/telemetry.ts';

/** What became of one request, as its line in the log tells it. */
export interface PredictionRecord {
  readonly tenant: string;
  readonly model: string;
  /** That answered; absent where none could. */
  readonly version?: string | undefined;
  readonly rollout?: string | undefined;
  readonly milliseconds: number;
  /** What the challenger did, where the request was given to it. */
  readonly challenger?: { readonly failed: boolean; readonly milliseconds: number } | undefined;
  readonly fallback: boolean;
}

const count = { unit: 'Count' } as const;
const time = { unit: 'Milliseconds' } as const;
const always = { [MetricName.PredictionLatency]: time, [MetricName.Unserved]: count };
/** Alarms on it look every 10 s. */
const ofChallenger = {
  [MetricName.ChallengerFailure]: { ...count, highResolution: true },
  [MetricName.ChallengerLatency]: time,
};

type Line = ReturnType<typeof prepareMetrics>;

const plainLine = prepareMetrics(namespace, [], always);
/** Lines of rollouts, with and without metrics of the challenger; few are running at a time. */
const rolloutLines = new Map<string, { champion: Line; challenger: Line }>();

const linesOf = (rollout: string): { champion: Line; challenger: Line } => {
  const known = rolloutLines.get(rollout);
  if (known !== undefined) return known;
  const metrics = { ...always, [MetricName.Fallback]: count };
  const lines = {
    champion: prepareMetrics(rolloutNamespace(rollout), [], metrics),
    challenger: prepareMetrics(rolloutNamespace(rollout), [], { ...metrics, ...ofChallenger }),
  };
  if (rolloutLines.size >= 100) rolloutLines.clear();
  rolloutLines.set(rollout, lines);
  return lines;
};

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/**
 * Prints the one line of a prediction. While a rollout runs its metrics have the rollout's own namespace. They have no
 * dimensions: an alarm looks at all of a namespace, and what is asked of one model is asked of the log.
 */
export const recordPrediction = (now: number, record: PredictionRecord): void => {
  const { tenant, model, version, rollout, challenger } = record;
  const members = {
    tenant,
    model,
    version,
    [MetricName.PredictionLatency]: rounded(record.milliseconds),
    [MetricName.Unserved]: version === undefined ? 1 : 0,
  };
  if (rollout === undefined) {
    plainLine(now, members);
    return;
  }
  const withFallback = { ...members, [MetricName.Fallback]: Number(record.fallback) };
  if (challenger === undefined) {
    linesOf(rollout).champion(now, withFallback);
    return;
  }
  linesOf(rollout).challenger(now, {
    ...withFallback,
    [MetricName.ChallengerFailure]: Number(challenger.failed),
    [MetricName.ChallengerLatency]: rounded(challenger.milliseconds),
  });
};
