import { Hypothesis } from '../../../contracts/verdicts.ts';

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

const MAXIMUM_EFFECTS = 8;
const MAXIMUM_PARTS = 20;

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
  const faults = faultsOf(policy);
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

const isAlpha = (alpha: number): boolean => alpha >= 1e-9 && alpha < 0.5;

const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;

const isGrid = (effects: readonly number[]): boolean =>
  effects.length > 0 &&
  effects.length <= MAXIMUM_EFFECTS &&
  effects.every((effect, index) => effect > (effects[index - 1] ?? 0) && effect <= 2);

const isReserve = ({ share, firstPairs, parts }: Reserve): boolean =>
  share >= 0 &&
  share < 1 &&
  isCount(firstPairs, 1) &&
  isCount(parts, 0) &&
  parts <= MAXIMUM_PARTS &&
  parts > 0 === share > 0;

const faultsOf = (policy: PairedPolicy): string[] => {
  const hypotheses: readonly string[] = Object.values(Hypothesis);
  const grid = `1 to ${MAXIMUM_EFFECTS} ascending numbers in (0, 2]`;
  const reserve = `{ share in [0, 1), firstPairs from 1, parts from 0 to ${MAXIMUM_PARTS}, 0 exactly when share is 0 }`;
  const { minimumPairs: least } = policy;
  const checks: readonly [keyof PairedPolicy, boolean, string][] = [
    ['hypothesis', hypotheses.includes(policy.hypothesis), hypotheses.join(' or ')],
    ['margin', policy.margin > 0 && policy.margin <= 0.5, 'a number in (0, 0.5]'],
    ['promotionAlpha', isAlpha(policy.promotionAlpha), 'a number in [1e-9, 0.5)'],
    ['rollbackAlpha', isAlpha(policy.rollbackAlpha), 'a number in [1e-9, 0.5)'],
    ['promotionEffects', isGrid(policy.promotionEffects), grid],
    ['rollbackEffects', isGrid(policy.rollbackEffects), grid],
    ['rollbackReserve', isReserve(policy.rollbackReserve), reserve],
    ['tripwireThreshold', policy.tripwireThreshold > 1 && policy.tripwireThreshold <= 1e9, 'a number in (1, 1e9]'],
    ['minimumPairs', isCount(least, 1), 'a whole number from 1'],
    ['maximumPairs', isCount(policy.maximumPairs, least), `a whole number from minimumPairs (${least})`],
  ];
  return checks
    .filter(([, holds]) => !holds)
    .map(([setting, , expected]) => `expected ${setting} to be ${expected}, got ${show(policy[setting])}`);
};

const show = (value: unknown): string => (typeof value === 'number' ? String(value) : JSON.stringify(value));
