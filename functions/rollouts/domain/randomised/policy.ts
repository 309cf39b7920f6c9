/** Completes what a model declares to a policy that randomised evidence is judged by. */
import type { ModelDeclaration, ModelSchema, OutcomePolicy } from '../../../../contracts/model.ts';
import { hasSubject } from '../../../../contracts/subject.ts';
import { Hypothesis } from '../../../../contracts/verdicts.ts';
import { binaryBins, scoreBins } from './histogram.ts';
import { assertRandomisedPolicy, type MetricPolicy, type RandomisedPolicy } from './policy-shape.ts';

export {
  assertRandomisedPolicy,
  InvalidRandomisedPolicyError,
  type MetricPolicy,
  type RandomisedPolicy,
} from './policy-shape.ts';

/** The metrics of a unit, all in [0, 1] and higher is better. */
export const UnitMetric = {
  /** Mean reward. */
  Reward: 'reward',
  /** 1 − share of its predictions that another version had to answer. */
  Answered: 'answered',
  /** 1 − share of its predictions that were slow. */
  Prompt: 'prompt',
} as const;
export type UnitMetric = (typeof UnitMetric)[keyof typeof UnitMetric];

type Settings<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

type MetricSettings = Settings<Omit<MetricPolicy, 'name' | 'bins'>> & {
  /** Whether each unit's value is 0 or 1. @default false */
  readonly binary?: boolean | undefined;
};

/** Settings of the reward and of the whole; `undefined` counts as absent. */
export type RandomisedSettings = Settings<Omit<RandomisedPolicy, 'metrics'>> &
  MetricSettings & {
    /** By metric. @default none */
    readonly guardrails?: Readonly<Record<string, MetricSettings>> | undefined;
  };

/**
 * ½, 1 and 2 times an improvement worth finding: 3 points of a binary reward. Of scores with a standard deviation of
 * 0.1, 1 point is found by this grid in 5,780 units on the ramp, median, and in 6,060 by one of 0.5, 1 and 2 points.
 */
const SUPERIORITY_EFFECTS = { binary: [0.015, 0.03, 0.06], score: [0.007, 0.014, 0.028] };
/** Multiples of the margin: an equal challenger is one margin above the boundary. */
const NON_INFERIORITY_MULTIPLES = [0.5, 1, 2];
/** The ramp looks for a challenger that is better than equal first. */
const RAMP_MULTIPLES = [0.75, 1.5, 3];
/** Not scaled with the margin: a challenger worth rolling back is 5 to 20 points worse whatever the margin. */
const ROLLBACK_EFFECTS = [0.03, 0.08, 0.2];

/**
 * Completes the settings with defaults and checks the whole.
 *
 * @example defineRandomisedPolicy({ margin: 0.02, guardrails: { answered: { margin: 0.02 } } })
 * @throws InvalidRandomisedPolicyError naming every fault at once.
 */
export const defineRandomisedPolicy = (settings: RandomisedSettings = {}): RandomisedPolicy => {
  const { hypothesis = Hypothesis.NonInferiority, rampMargin = 0.05, guardrails = {} } = settings;
  const guarded = Object.entries(guardrails).map(([name, given]) =>
    metricOf(name, Hypothesis.NonInferiority, { ...given, priorMean: given.priorMean ?? 0.99 }),
  );
  const policy: RandomisedPolicy = {
    hypothesis,
    promotionAlpha: settings.promotionAlpha ?? 0.05,
    rollbackAlpha: settings.rollbackAlpha ?? 0.1,
    metrics: [metricOf(UnitMetric.Reward, hypothesis, settings), ...guarded],
    rampMargin,
    rampEffects: settings.rampEffects ?? multiplesOf(rampMargin, RAMP_MULTIPLES),
    rollbackReserve: settings.rollbackReserve ?? { share: 0.3, firstUnits: 100, parts: 6 },
    tripwireThreshold: settings.tripwireThreshold ?? 20,
    sampleRatioThreshold: settings.sampleRatioThreshold ?? 1000,
    minimumUnits: settings.minimumUnits ?? 200,
    maximumUnits: settings.maximumUnits ?? 20_000,
  };
  assertRandomisedPolicy(policy);
  return policy;
};

/** A champion without a history is expected at one half, and hardly. */
const coldStart = { priorMean: 0.5, priorUnits: 2 };

/**
 * How the rollout policy of a model judges randomised evidence. A unit of several predictions has means for values, so
 * all of its metrics have 21 bins; nothing says that rewards are 0 or 1, so they have 21 in any case.
 *
 * @param priorMean the champion's mean reward so far; undefined where it has none.
 * @throws InvalidRandomisedPolicyError naming every fault at once.
 */
export const randomisedPolicyOf = (
  { schema, policies }: Pick<ModelDeclaration, 'schema' | 'policies'>,
  priorMean?: number,
): RandomisedPolicy => {
  const { hypothesis, margin, promotionAlpha, rollbackAlpha, minimumUnits, maximumUnits, guardrails } =
    policies.rollout;
  const binary = !hasWindows(schema, policies.outcomes);
  return defineRandomisedPolicy({
    ...{ hypothesis, margin, promotionAlpha, rollbackAlpha, minimumUnits, maximumUnits },
    ...(priorMean === undefined ? coldStart : { priorMean }),
    guardrails: {
      [UnitMetric.Answered]: { margin: guardrails.failure, binary },
      [UnitMetric.Prompt]: { margin: guardrails.slow, binary },
    },
  });
};

/** Whether the predictions of a subject within a window are one unit; else each prediction is. */
export const hasWindows = (schema: ModelSchema, { unitSeconds }: OutcomePolicy): boolean =>
  unitSeconds > 0 && hasSubject(schema);

const metricOf = (name: string, hypothesis: Hypothesis, settings: MetricSettings): MetricPolicy => {
  const { margin = 0.02, binary = false } = settings;
  const superiority = binary ? SUPERIORITY_EFFECTS.binary : SUPERIORITY_EFFECTS.score;
  const isSuperiority = hypothesis === Hypothesis.Superiority;
  return {
    name,
    bins: binary ? binaryBins : scoreBins,
    margin,
    priorMean: settings.priorMean ?? 0.5,
    priorUnits: settings.priorUnits ?? 20,
    promotionEffects:
      settings.promotionEffects ?? (isSuperiority ? superiority : multiplesOf(margin, NON_INFERIORITY_MULTIPLES)),
    rollbackEffects: settings.rollbackEffects ?? ROLLBACK_EFFECTS,
  };
};

const multiplesOf = (margin: number, multiples: readonly number[]): readonly number[] =>
  multiples.map((multiple) => multiple * margin);
