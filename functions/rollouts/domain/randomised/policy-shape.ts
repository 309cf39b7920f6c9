/** How the randomised evidence of a rollout is judged. Fixed when the rollout begins. */
import { Hypothesis } from '../../../../contracts/verdicts.ts';
import {
  alphaExpected,
  type Check,
  faultsOf,
  gridExpected,
  isAlpha,
  isCount,
  isGrid,
  isMargin,
  isReserve,
  isThreshold,
  MAXIMUM_PARTS,
  marginExpected,
  thresholdExpected,
} from '../betting-settings.ts';
import { binaryBins, scoreBins } from './histogram.ts';

/** How one metric is compared between the arms. */
export type MetricPolicy = {
  readonly name: string;
  /** 2 where each unit's value is 0 or 1, else 21. */
  readonly bins: number;
  /** How much worse than the champion is tolerable, as a difference of means in (0, 0.5]: 0.02 is 2 points. */
  readonly margin: number;
  /** The champion's mean before the rollout, in [0, 1]. A wrong one costs time, not validity. */
  readonly priorMean: number;
  /** Units that the prior mean is worth, in (0, 1000]. */
  readonly priorUnits: number;
  /** Distances above the promotion's boundary to bet on, in (0, 2], ascending. */
  readonly promotionEffects: readonly number[];
  /** Distances below the rollback's boundary to bet on, in (0, 2], ascending. */
  readonly rollbackEffects: readonly number[];
};

export type RandomisedPolicy = {
  /** Of the reward; a guardrail is always judged by non-inferiority. */
  readonly hypothesis: Hypothesis;
  /** Bound on the chance of promoting a challenger that the hypothesis or a guardrail excludes, in [1e-9, 0.5). */
  readonly promotionAlpha: number;
  /** Bound on the chance of rolling back a challenger within all margins, in [1e-9, 0.5). */
  readonly rollbackAlpha: number;
  /** The reward first, then the guardrails; at most 8. */
  readonly metrics: readonly MetricPolicy[];
  /** The ramp asks for evidence that the reward is not worse by this margin or more, in (0, 0.5]. */
  readonly rampMargin: number;
  readonly rampEffects: readonly number[];
  /** Rollback capital kept out of the bets at first. */
  readonly rollbackReserve: {
    /** Share of the capital, in [0, 1). */
    readonly share: number;
    /** The challenger's units at which the first part enters the bets; each later part at twice as many. */
    readonly firstUnits: number;
    /** Number of equal parts; 0 exactly when the share is 0. */
    readonly parts: number;
  };
  /** e-value against "not worse at all" at which the weight stops growing, in (1, 1e9]. */
  readonly tripwireThreshold: number;
  /** e-value against "the arms have the sizes of the split" from which on nothing is promoted, in (1, 1e9]. */
  readonly sampleRatioThreshold: number;
  /** Units of both arms without which nothing is promoted. */
  readonly minimumUnits: number;
  /** Units of both arms after which the rollout expires. */
  readonly maximumUnits: number;
};

/** The policy is not one that evidence can be judged by. */
export class InvalidRandomisedPolicyError extends Error {
  override readonly name = 'InvalidRandomisedPolicyError';
}

const MAXIMUM_METRICS = 8;
const metricChecks = (metric: MetricPolicy): Check[] => {
  const { name, bins, margin, priorMean, priorUnits, promotionEffects, rollbackEffects } = metric;
  return [
    [`the name of ${name}`, /^[a-z][a-z0-9-]{0,31}$/.test(name), '1 to 32 lower-case letters, digits and -', name],
    [`bins of ${name}`, bins === binaryBins || bins === scoreBins, `${binaryBins} or ${scoreBins}`, bins],
    [`margin of ${name}`, isMargin(margin), marginExpected, margin],
    [`priorMean of ${name}`, priorMean >= 0 && priorMean <= 1, 'a number in [0, 1]', priorMean],
    [`priorUnits of ${name}`, priorUnits > 0 && priorUnits <= 1000, 'a number in (0, 1000]', priorUnits],
    [`promotionEffects of ${name}`, isGrid(promotionEffects), gridExpected, promotionEffects],
    [`rollbackEffects of ${name}`, isGrid(rollbackEffects), gridExpected, rollbackEffects],
  ];
};

const areMetrics = (metrics: readonly MetricPolicy[]): boolean =>
  metrics.length > 0 &&
  metrics.length <= MAXIMUM_METRICS &&
  new Set(metrics.map(({ name }) => name)).size === metrics.length;

const checksOf = (policy: RandomisedPolicy): Check[] => {
  const { hypothesis, promotionAlpha, rollbackAlpha, metrics, rampMargin, rampEffects, rollbackReserve } = policy;
  const { tripwireThreshold, sampleRatioThreshold, minimumUnits, maximumUnits } = policy;
  const { share, firstUnits, parts } = rollbackReserve;
  const hypotheses: readonly string[] = Object.values(Hypothesis);
  const reserve = `{ share in [0, 1), firstUnits from 1, parts from 0 to ${MAXIMUM_PARTS}, 0 exactly when share is 0 }`;
  const names = metrics.map(({ name }) => name);
  return [
    ['hypothesis', hypotheses.includes(hypothesis), hypotheses.join(' or '), hypothesis],
    ['promotionAlpha', isAlpha(promotionAlpha), alphaExpected, promotionAlpha],
    ['rollbackAlpha', isAlpha(rollbackAlpha), alphaExpected, rollbackAlpha],
    ['metrics', areMetrics(metrics), `1 to ${MAXIMUM_METRICS} metrics of different names`, names],
    ...metrics.flatMap(metricChecks),
    ['rampMargin', isMargin(rampMargin), marginExpected, rampMargin],
    ['rampEffects', isGrid(rampEffects), gridExpected, rampEffects],
    ['rollbackReserve', isReserve(share, firstUnits, parts), reserve, rollbackReserve],
    ['tripwireThreshold', isThreshold(tripwireThreshold), thresholdExpected, tripwireThreshold],
    ['sampleRatioThreshold', isThreshold(sampleRatioThreshold), thresholdExpected, sampleRatioThreshold],
    ['minimumUnits', isCount(minimumUnits, 1), 'a whole number from 1', minimumUnits],
    [
      'maximumUnits',
      isCount(maximumUnits, minimumUnits),
      `a whole number from minimumUnits (${minimumUnits})`,
      maximumUnits,
    ],
  ];
};

/** @throws InvalidRandomisedPolicyError naming every fault at once. */
export const assertRandomisedPolicy = (policy: RandomisedPolicy): void => {
  const faults = faultsOf(checksOf(policy));
  if (faults.length === 0) return;
  throw new InvalidRandomisedPolicyError(
    `The randomised policy cannot judge a rollout: ${faults.join('; ')}. ` +
      "Correct this in the model's rollout policy, then start the rollout.",
  );
};
