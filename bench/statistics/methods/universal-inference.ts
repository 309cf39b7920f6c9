import betaln from '@stdlib/math-base-special-betaln';
import { type ArmTotals, meanOf, type Tally } from '../tally.ts';
import type { Boundary, Question } from './question.ts';

const ALPHA = 0.05;

/** What is believed of each arm's mean beforehand. */
export interface BetaPrior {
  readonly mean: number;
  /** Outcomes that it is worth. */
  readonly weight: number;
}

/** ln of the probability of these zeros and ones in their order, averaged over the prior. */
const logAverage = ({ outcomes, sum }: ArmTotals, { mean, weight }: BetaPrior): number => {
  const [successes, failures] = [weight * mean, weight * (1 - mean)];
  return betaln(successes + sum, failures + outcomes - sum) - betaln(successes, failures);
};

/** ln of the same under one mean; a count of zero needs no logarithm. */
const logLikelihood = ({ outcomes, sum }: ArmTotals, mean: number): number =>
  (sum === 0 ? 0 : sum * Math.log(mean)) + (sum === outcomes ? 0 : (outcomes - sum) * Math.log1p(-mean));

/** The largest likelihood under means that lie exactly at the boundary: concave in the champion's, so bisected. */
const largestAtBoundary = ({ champion, challenger }: Tally, boundary: number): number => {
  const slope = ({ outcomes, sum }: ArmTotals, mean: number): number => sum / mean - (outcomes - sum) / (1 - mean);
  let low = Math.max(0, -boundary) + 1e-9;
  let high = Math.min(1, 1 - boundary) - 1e-9;
  for (let round = 0; round < 40; round += 1) {
    const middle = (low + high) / 2;
    if (slope(champion, middle) + slope(challenger, middle + boundary) > 0) low = middle;
    else high = middle;
  }
  const middle = (low + high) / 2;
  return logLikelihood(champion, middle) + logLikelihood(challenger, middle + boundary);
};

/**
 * Universal inference on the counts: the likelihood averaged over a prior of each arm, over the largest one that the
 * null allows, is at least 1/α with probability at most α, at all sizes together. Zeros and ones only.
 * Source: Wasserman, Ramdas and Balakrishnan (2020), Universal inference, PNAS 117, section 8 (sequential form).
 */
export const universalInference =
  ({ direction, boundary }: Question, prior: BetaPrior): Boundary =>
  (tally) => {
    const { champion, challenger } = tally;
    if (direction * (meanOf(challenger) - meanOf(champion) - boundary) <= 0) return false;
    const average = logAverage(champion, prior) + logAverage(challenger, prior);
    return average - largestAtBoundary(tally, boundary) >= -Math.log(ALPHA);
  };
