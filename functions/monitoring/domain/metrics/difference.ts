/** A metric of one version minus another's on the same cases, with the interval that holds the truth in 95 of 100. */
export interface Difference {
  /** The first version's metric minus the second's. */
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
}

/** 97.5% quantile of the normal distribution. */
export const normalQuantile = 1.959963984540054;

/**
 * Subjects on which two versions have to differ before one can be better: of five that all speak for one of them, the
 * exact sign test says p = 2 / 2⁵ = 0.06; of six, 0.03.
 */
const fewestDiffering = 6;

/**
 * An interval that holds 0 where too few subjects tell the versions apart.
 *
 * @param differing - subjects on which the versions differ
 * @returns undefined where a number is not finite: there is no such difference
 */
export const supported = (found: Difference, differing: number): Difference | undefined => {
  const { difference, lower, upper } = found;
  if (![difference, lower, upper].every(Number.isFinite)) return undefined;
  if (differing >= fewestDiffering) return found;
  return { difference, lower: Math.min(0, lower), upper: Math.max(0, upper) };
};
