/**
 * Whether a version scores otherwise than it did on its holdout: the population stability index
 *
 *     PSI = Σ (q_i − p_i) · ln(q_i / p_i)
 *
 * of the share q of scores in each bin against the share p on the holdout, less what chance alone gives. Without drift
 * PSI / (1/N + 1/M) is about χ² with B − 1 degrees of freedom, for N scores, M of the holdout and B bins, so its
 * expectation is (B − 1)(1/N + 1/M). Source: Yurdakul (2018), Statistical properties of population stability index.
 */

/** Scores by bin, and the holdout's. */
export interface ScoreDrift {
  /** Where each bin but the first begins, ascending; B − 1 of them, none where the holdout is too small. */
  readonly edges: readonly number[];
  /** Scores of the holdout in each bin. */
  readonly reference: readonly number[];
  /** Scores since the rollout began in each bin. */
  readonly counts: readonly number[];
}

const mostBins = 10;
/** Scores of the holdout in a bin, below which its share is too uncertain to compare with. */
const leastPerBin = 20;
/** Scores below which nothing is said. */
export const leastScores = 200;
/** Added to each bin, so that an empty one has a logarithm. */
const pseudoCount = 0.5;

/**
 * Bins of about equally many scores of the holdout.
 *
 * @param holdout - probabilities, or the numbers that a regressor gave, in any order
 */
export const startScoreDrift = (holdout: readonly number[]): ScoreDrift => {
  const sorted = holdout.filter(Number.isFinite).sort((one, other) => one - other);
  const bins = Math.min(mostBins, Math.floor(sorted.length / leastPerBin));
  const [least = 0] = sorted;
  const quantiles = Array.from({ length: Math.max(0, bins - 1) }, (_, index) => {
    return sorted[Math.floor(((index + 1) * sorted.length) / bins)] ?? 0;
  });
  // Scores that many share would make bins that nothing falls into.
  const edges = [...new Set(quantiles)].filter((edge) => edge > least);
  return { edges, reference: countInBins(edges, sorted), counts: countInBins(edges, []) };
};

export const addScores = (drift: ScoreDrift, scores: readonly number[]): ScoreDrift => {
  const more = countInBins(drift.edges, scores.filter(Number.isFinite));
  return { ...drift, counts: drift.counts.map((count, bin) => count + (more[bin] ?? 0)) };
};

/** PSI less its expectation without drift, at least 0; 0 while there are too few scores, or too few of the holdout. */
export const driftOf = ({ edges, reference, counts }: ScoreDrift): number => {
  const [scores, holdout] = [sum(counts), sum(reference)];
  if (edges.length === 0 || scores < leastScores) return 0;
  const share = (count: number, total: number): number =>
    (count + pseudoCount) / (total + pseudoCount * reference.length);
  const index = reference.reduce((total, expected, bin) => {
    const [p, q] = [share(expected, holdout), share(counts[bin] ?? 0, scores)];
    return total + (q - p) * Math.log(q / p);
  }, 0);
  return Math.max(0, index - edges.length * (1 / scores + 1 / holdout));
};

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const countInBins = (edges: readonly number[], scores: readonly number[]): number[] => {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const score of scores) {
    const bin = edges.filter((edge) => edge <= score).length;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
};
