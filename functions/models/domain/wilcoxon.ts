/** Up to so many differences the distribution is counted out; beyond, it is normal to three digits of the p-value. */
const mostCounted = 100;

interface Ranked {
  /** Twice the rank, so that the mean rank of equals is whole. */
  readonly doubled: number;
  readonly isPositive: boolean;
}

/** Ranks of the absolute values, from 1; equals have the mean of their places. Zeros tell nothing and have none. */
const rank = (differences: readonly number[]): Ranked[] => {
  const sorted = differences.filter((value) => value !== 0).sort((one, other) => Math.abs(one) - Math.abs(other));
  const ranked: Ranked[] = [];
  for (let start = 0; start < sorted.length; ) {
    const size = Math.abs(sorted[start] as number);
    let end = start + 1;
    while (end < sorted.length && Math.abs(sorted[end] as number) === size) end += 1;
    for (const value of sorted.slice(start, end)) ranked.push({ doubled: start + 1 + end, isPositive: value > 0 });
    start = end;
  }
  return ranked;
};

/** P(W ≥ w) where each rank enters the sum W with probability ½: the sums are counted, rank by rank. */
const countedTail = (ranks: readonly number[], least: number): number => {
  const total = ranks.reduce((sum, value) => sum + value, 0);
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reached = 0;
  for (const value of ranks) {
    reached += value;
    for (let sum = reached; sum >= 0; sum -= 1) {
      const without = chances[sum] as number;
      chances[sum] = (without + (sum >= value ? (chances[sum - value] as number) : 0)) / 2;
    }
  }
  return chances.subarray(least).reduce((sum, chance) => sum + chance, 0);
};

/**
 * P(Z ≥ z) of a standard normal, to seven digits.
 *
 * @see W. H. Press et al., Numerical Recipes (1992), section 6.2, erfcc
 */
const normalTail = (z: number): number => {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const tail = (t * Math.exp(-x * x + terms.reduceRight((sum, term) => sum * t + term))) / 2;
  return z >= 0 ? tail : 1 - tail;
};

/** The same by the normal distribution, corrected for ties and for continuity. */
const normalTailOf = (ranks: readonly number[], least: number): number => {
  const mean = ranks.reduce((sum, value) => sum + value, 0) / 2;
  const variance = ranks.reduce((sum, value) => sum + value * value, 0) / 4;
  return normalTail((least - mean - 1) / Math.sqrt(variance));
};

/**
 * The one-sided Wilcoxon signed-rank test that differences tend to be above 0. Under the null each has either sign with
 * probability ½ given its size, which holds for the errors of two versions that are as good as each other. It looks at
 * ranks, so one case with a gross error weighs no more than it should. Exact, ties included, up to 100 differences.
 *
 * @see F. Wilcoxon, Biometrics Bulletin 1 (1945) 80–83
 * @param differences - in any order; zeros are left out
 * @returns the p-value in [0, 1]; 1 where all are zero
 */
export const signedRankAbove = (differences: readonly number[]): number => {
  const ranked = rank(differences);
  if (ranked.length === 0) return 1;
  const ranks = ranked.map(({ doubled }) => doubled);
  const positive = ranked.reduce((sum, { doubled, isPositive }) => sum + (isPositive ? doubled : 0), 0);
  const tail = ranked.length <= mostCounted ? countedTail(ranks, positive) : normalTailOf(ranks, positive);
  return Math.min(1, Math.max(0, tail));
};
