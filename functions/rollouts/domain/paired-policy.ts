import { Hypothesis } from '../../../contracts/verdicts.ts';
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
} from './betting-settings.ts';

/** Capital kept out of the bets at first, so that harm that begins late still meets fresh money. */
type Reserve = {
  /** Share of the initial capital kept back, in [0, 1). */
  readonly share: number;
  /** Pairs at which the first part enters the bets; each later part at twice the pairs of the one before. */
  readonly firstPairs: number;
  /** Number of equal parts; 0 exactly when the share is 0. */
  readonly parts: number;
};

/** How the paired evidence of a rollout is judged. Fixed when the rollout begins. */
export type PairedPolicy = {
  readonly hypothesis: Hypothesis;
  /** How much worse than the champion is tolerable, as a difference of means in (0, 0.5]: 0.02 is 2 points. */
  readonly margin: number;
  /** Bound on the chance of promoting a challenger that the hypothesis excludes, in [1e-9, 0.5). */
  readonly promotionAlpha: number;
  /** Bound on the chance of rolling back a challenger within the margin, in [1e-9, 0.5). */
  readonly rollbackAlpha: number;
  /** Distances above the promotion's boundary to bet on, in (0, 2], ascending. */
  readonly promotionEffects: readonly number[];
  /** Distances below the rollback's boundary to bet on, in (0, 2], ascending. */
  readonly rollbackEffects: readonly number[];
  readonly rollbackReserve: Reserve;
  /** E-value against "not worse at all" at which the weight stops growing, in (1, 1e9]. */
  readonly tripwireThreshold: number;
  /** Pairs without which nothing is promoted. */
  readonly minimumPairs: number;
  /** Pairs after which the rollout expires. */
  readonly maximumPairs: number;
};

/** The policy is not one that evidence can be judged by. */
export class InvalidPairedPolicyError extends Error {
  override readonly name = 'InvalidPairedPolicyError';
}

/** ½, 1 and 2 times 3 points, the smallest improvement worth finding. */
const SUPERIORITY_EFFECTS = [0.015, 0.03, 0.06];
/** Multiples of the margin: an equal challenger is one margin above the boundary, a better one further. */
const NON_INFERIORITY_EFFECTS = [0.75, 1.5, 3];
/** Not scaled with the margin: a challenger worth rolling back is 5 to 20 points worse whatever the margin. */
const ROLLBACK_EFFECTS = [0.03, 0.08, 0.2];

/**
 * Completes the settings with defaults and checks the whole. Settings of `undefined` count as absent, others that
 * are no part of a {@link PairedPolicy} are left out, so a model's rollout policy can be given as it is.
 *
 * @example definePairedPolicy({ margin: 0.03 }).promotionEffects // [0.0225, 0.045, 0.09]
 * @throws InvalidPairedPolicyError naming every fault at once.
 */
export const definePairedPolicy = (settings: Partial<PairedPolicy> = {}): PairedPolicy => {
  const { hypothesis = Hypothesis.NonInferiority, margin = 0.02 } = settings;
  const policy: PairedPolicy = {
    hypothesis,
    margin,
    promotionAlpha: settings.promotionAlpha ?? 0.05,
    rollbackAlpha: settings.rollbackAlpha ?? 0.1,
    promotionEffects: settings.promotionEffects ?? defaultPromotionEffects(hypothesis, margin),
    rollbackEffects: settings.rollbackEffects ?? ROLLBACK_EFFECTS,
    rollbackReserve: settings.rollbackReserve ?? { share: 0.3, firstPairs: 100, parts: 6 },
    tripwireThreshold: settings.tripwireThreshold ?? 20,
    minimumPairs: settings.minimumPairs ?? 100,
    maximumPairs: settings.maximumPairs ?? 20_000,
  };
  assertPairedPolicy(policy);
  return policy;
};

/** @throws InvalidPairedPolicyError naming every fault at once. */
export const assertPairedPolicy = (policy: PairedPolicy): void => {
  const faults = faultsOf(checksOf(policy));
  if (faults.length === 0) return;
  throw new InvalidPairedPolicyError(
    `The paired policy cannot judge a rollout: ${faults.join('; ')}. ` +
      "Correct this in the model's rollout policy, then start the rollout.",
  );
};

const defaultPromotionEffects = (hypothesis: Hypothesis, margin: number): readonly number[] =>
  hypothesis === Hypothesis.NonInferiority
    ? NON_INFERIORITY_EFFECTS.map((multiple) => multiple * margin)
    : SUPERIORITY_EFFECTS;

const checksOf = (policy: PairedPolicy): Check[] => {
  const { hypothesis, margin, promotionAlpha, rollbackAlpha, promotionEffects, rollbackEffects } = policy;
  const { rollbackReserve, tripwireThreshold, minimumPairs, maximumPairs } = policy;
  const { share, firstPairs, parts } = rollbackReserve;
  const hypotheses: readonly string[] = Object.values(Hypothesis);
  const reserve = `{ share in [0, 1), firstPairs from 1, parts from 0 to ${MAXIMUM_PARTS}, 0 exactly when share is 0 }`;
  const most = `a whole number from minimumPairs (${minimumPairs})`;
  return [
    ['hypothesis', hypotheses.includes(hypothesis), hypotheses.join(' or '), hypothesis],
    ['margin', isMargin(margin), marginExpected, margin],
    ['promotionAlpha', isAlpha(promotionAlpha), alphaExpected, promotionAlpha],
    ['rollbackAlpha', isAlpha(rollbackAlpha), alphaExpected, rollbackAlpha],
    ['promotionEffects', isGrid(promotionEffects), gridExpected, promotionEffects],
    ['rollbackEffects', isGrid(rollbackEffects), gridExpected, rollbackEffects],
    ['rollbackReserve', isReserve(share, firstPairs, parts), reserve, rollbackReserve],
    ['tripwireThreshold', isThreshold(tripwireThreshold), thresholdExpected, tripwireThreshold],
    ['minimumPairs', isCount(minimumPairs, 1), 'a whole number from 1', minimumPairs],
    ['maximumPairs', isCount(maximumPairs, minimumPairs), most, maximumPairs],
  ];
};
