import betaln from '@stdlib/math-base-special-betaln';

/** Cases on which exactly one of two versions was right. */
export interface DiscordantPairs {
  /** b: the champion was right and the challenger wrong. */
  readonly championOnly: number;
  /** c: the other way round. */
  readonly challengerOnly: number;
}

/**
 * The exact one-sided McNemar test that the challenger is worse: under the null each discordant pair falls either way
 * with probability ½, so the p-value is P(X ≥ b) of a binomial of b + c trials. Valid at any sample size.
 *
 * @see Q. McNemar, Psychometrika 12 (1947) 153–157
 * @returns the p-value in (0, 1]; 1 where no pair is discordant
 */
export const mcNemarWorse = ({ championOnly, challengerOnly }: DiscordantPairs): number => {
  const trials = championOnly + challengerOnly;
  // ln C(n, k) = −ln(n + 1) − ln B(n − k + 1, k + 1)
  let term = Math.exp(-Math.log(trials + 1) - betaln(trials - championOnly + 1, championOnly + 1) - trials * Math.LN2);
  let tail = 0;
  for (let k = championOnly; k <= trials; k += 1) {
    tail += term;
    term *= (trials - k) / (k + 1);
  }
  return Math.min(1, tail);
};
