import type { Arm } from '../../contracts/inference.ts';
import { MetricName, namespace, rolloutNamespace } from '../../contracts/telemetry.ts';
import { type MetricDefinition, prepareMetrics } from '../platform/telemetry.ts';
import type { Metrics } from './arm-metrics.ts';

/** What became of one request, as its line in the log tells it. */
export interface PredictionRecord {
  readonly tenant: string;
  readonly model: string;
  /** That answered; absent where none could. */
  readonly version?: string | undefined;
  readonly milliseconds: number;
  readonly fallback: boolean;
  /** Present exactly while one runs. */
  readonly rollout?: AssignedArm | undefined;
}

/** How a request went while a rollout runs. */
export interface AssignedArm {
  readonly id: string;
  readonly stage: string | undefined;
  readonly arm: Arm;
  /** The version that the split named, on the challenger's arm. */
  readonly asked?: string | undefined;
  readonly metrics: Metrics;
}

/** What a challenger made of a request that the champion had answered. */
export interface ShadowRecord {
  readonly tenant: string;
  readonly model: string;
  readonly rollout: string;
  readonly stage: string | undefined;
  readonly asked: string;
  readonly metrics: Metrics;
}

type Print = ReturnType<typeof prepareMetrics>;

const count: MetricDefinition = { unit: 'Count' };
const time: MetricDefinition = { unit: 'Milliseconds' };
const share: MetricDefinition = { unit: 'None' };
/** Alarms on it look every 10 s. */
const alarmed: MetricDefinition = { unit: 'Count', highResolution: true };

const definitions: Readonly<Partial<Record<string, MetricDefinition>>> = {
  [MetricName.PredictionLatency]: time,
  [MetricName.ChampionLatency]: time,
  [MetricName.ChampionScore]: share,
  [MetricName.ChallengerFailure]: alarmed,
  [MetricName.ChallengerMalformed]: alarmed,
  [MetricName.ChallengerSlow]: alarmed,
  [MetricName.ChallengerLatency]: time,
  [MetricName.ChallengerScore]: share,
};

const prepare = (space: string, names: readonly string[]): Print =>
  prepareMetrics(space, [], Object.fromEntries(names.map((name) => [name, definitions[name] ?? count])));

const plainLine = prepare(namespace, [MetricName.PredictionLatency, MetricName.Unserved]);

/** Lines of rollouts, one for each set of metrics; few are running at a time. */
const rolloutLines = new Map<string, Print>();
const maximumLines = 500;

const lineOf = (rollout: string, metrics: Metrics): Print => {
  const names = Object.keys(metrics);
  const shape = `${rollout} ${names.join()}`;
  const known = rolloutLines.get(shape);
  if (known !== undefined) return known;
  const line = prepare(rolloutNamespace(rollout), names);
  if (rolloutLines.size >= maximumLines) rolloutLines.clear();
  rolloutLines.set(shape, line);
  return line;
};

/**
 * Prints the one line of a prediction. While a rollout runs its metrics have the rollout's own namespace. They have no
 * dimensions: an alarm looks at all of a namespace, and what is asked of one model or arm is asked of the log.
 *
 * Whoever counts predictions by the log counts the lines with a `PredictionLatency`.
 *
 * @param now - of the request, as its predictionId says it, ms since 1970
 */
export const recordPrediction = (now: number, record: PredictionRecord): void => {
  const { tenant, model, version, milliseconds, fallback, rollout } = record;
  const metrics = {
    [MetricName.PredictionLatency]: Math.round(milliseconds * 1000) / 1000,
    [MetricName.Unserved]: version === undefined ? 1 : 0,
  };
  if (rollout === undefined) {
    plainLine(now, { tenant, model, version, ...metrics });
    return;
  }
  const { id, stage, arm, asked } = rollout;
  const all = { ...metrics, [MetricName.Fallback]: Number(fallback), ...rollout.metrics };
  lineOf(id, all)(now, { tenant, model, version, arm, asked, rollout: id, stage, ...all });
};

/** Prints what a challenger made of a request in shadow. It is no prediction: nobody was answered. */
export const recordShadow = (now: number, { metrics, ...ids }: ShadowRecord): void => {
  lineOf(ids.rollout, metrics)(now, { ...ids, shadow: true, ...metrics });
};
