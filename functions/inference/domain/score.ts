const digits = 10_000;

/**
 * An answer's score: the probability of the class that the model names, to four digits.
 *
 * @param probabilities - of one row; undefined where the answer is a number, which has no score
 * @param scoreClass - place of the class
 * @returns 0 to 1: float32 probabilities may lie a little outside
 */
export const scoreOf = (probabilities: Float32Array | undefined, scoreClass: number): number | undefined =>
  probabilities === undefined
    ? undefined
    : Math.min(1, Math.max(0, Math.round((probabilities[scoreClass] as number) * digits) / digits));
