/** @returns the smallest number that the share of them is at or below (nearest rank); NaN of none */
export const quantile = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/**
 * The median of ratios of things that were measured side by side, round by round: what slowed both of a round down is
 * in neither ratio.
 */
export const pairedRatio = (numerators: readonly number[], denominators: readonly number[]): number =>
  median(numerators.map((value, round) => value / (denominators[round] ?? Number.NaN)));

/** The median of differences, in the same way. */
export const pairedDifference = (values: readonly number[], others: readonly number[]): number =>
  median(values.map((value, round) => value - (others[round] ?? Number.NaN)));
