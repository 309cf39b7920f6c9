import type { RandomisedState } from './state.ts';

/** Two-sided error of the interval. */
const ALPHA = 0.05;
/** Standard deviation of the normal mixture over differences: where the interval is tightest. */
const TAU = 0.04;

/** The challenger's mean reward − the champion's, and approximate 95% bounds of it. */
export type Difference = {
  /** In [−1, 1], null before the first block. Stages count by their information, so that drift does not pass for it. */
  readonly estimate: number | null;
  /** Within [−1, 1]; all of it before the first block. */
  readonly interval: [low: number, high: number];
};

/**
 * For display: it never decides, because it holds only at sample sizes large enough for the normal approximation.
 *
 * Asymptotic confidence sequence of a normal mixture: T/I ± √((I + 1/τ²)(ln(1 + τ²I) + 2 ln(1/α))) / I, with information
 * I = Σ n_B / v and T = Σ (n_B / v)·(ȳ_B − ȳ_A) over blocks, v = v_B + ρ·v_A.
 * Source: Robbins (1970), Statistical methods related to the law of the iterated logarithm; Waudby-Smith et al.,
 * Time-uniform central limit theory and asymptotic confidence sequences, Annals of Statistics 52 (2024).
 */
export const approximateDifference = ({
  information,
  weightedDifference,
}: Pick<RandomisedState, 'information' | 'weightedDifference'>): Difference => {
  if (information === 0) return { estimate: null, interval: [-1, 1] };
  const estimate = weightedDifference / information;
  const spread = Math.log1p(TAU ** 2 * information) + 2 * Math.log(1 / ALPHA);
  const halfWidth = Math.sqrt((information + TAU ** -2) * spread) / information;
  return { estimate, interval: [Math.max(-1, estimate - halfWidth), Math.min(1, estimate + halfWidth)] };
};
