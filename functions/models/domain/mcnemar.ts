import betaln from '@stdlib/math-base-special-betaln';

/** Cases on which exactly one of two versions was right. */
export interface DiscordantPairs {
  /** b: the champion was right and the challenger wrong. */
  readonly championOnly: number;
  /** c: the other way round. */
  readonly challengerOnly: number;
}

/** ln of the probability of k among n at ½ each: ln C(n, k) = −ln(n + 1) − ln B(n − k + 1, k + 1). */
const logProbability = (k: number, n: number): number => -Math.log(n + 1) - betaln(n - k + 1, k + 1) - n * Math.LN2;

/** P(X ≥ k) for k above the middle, where each term is smaller than the one before. */
const upperTail = (k: number, n: number): number => {
  let term = k > n ? 0 : Math.exp(logProbability(k, n));
  let tail = 0;
  for (let index = k; index <= n && term > 0; index += 1) {
    tail += term;
    term *= (n - index) / (index + 1);
  }
  return tail;
};

/**
 * The exact one-sided McNemar test that the challenger is worse: under the null each discordant pair falls either way
 * with probability ½, so the p-value is P(X ≥ b) of a binomial of b + c trials. Valid at any sample size.
 *
 * @see Q. McNemar, Psychometrika 12 (1947) 153–157
 * @returns the p-value in [0, 1]; 1 where no pair is discordant
 */
export const mcNemarWorse = ({ championOnly, challengerOnly }: DiscordantPairs): number => {
  const trials = championOnly + challengerOnly;
  // By symmetry P(X < b) = P(X > n − b): either way the sum begins at its largest term, and nothing is lost to underflow.
  return championOnly > trials / 2
    ? Math.min(1, upperTail(championOnly, trials))
    : 1 - upperTail(trials - championOnly + 1, trials);
};
