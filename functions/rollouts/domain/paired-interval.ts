import { discordantOf, type PairCounts, pairsOf } from './paired-process.ts';

/** Two-sided error of the interval. */
const ALPHA = 0.05;
/** Standard deviation of the normal mixture over differences: where the interval is tightest. */
const TAU = 0.04;

/**
 * Approximate 95% bounds of the challenger's mean − the champion's, for display: it never decides.
 *
 * Asymptotic confidence sequence of a normal mixture, good at all sample sizes large enough for the normal
 * approximation: T/I ± √((I + 1/τ²)(ln(1 + τ²I) + 2 ln(1/α))) / I, with information I = pairs / v, T = sum of
 * differences / v and v the shrunk mean square of a difference.
 * Source: Robbins (1970), Statistical methods related to the law of the iterated logarithm; Waudby-Smith et al.,
 * Time-uniform central limit theory and asymptotic confidence sequences, Annals of Statistics 52 (2024).
 * @returns bounds within [−1, 1]; all of it without pairs.
 */
export const pairedInterval = (counts: PairCounts): [low: number, high: number] => {
  const pairs = pairsOf(counts);
  if (pairs === 0) return [-1, 1];
  const variance = (discordantOf(counts) + 2) / (pairs + 20);
  const information = pairs / variance;
  const centre = (counts.challengerOnly - counts.championOnly) / pairs;
  const spread = Math.log1p(TAU ** 2 * information) + 2 * Math.log(1 / ALPHA);
  const halfWidth = Math.sqrt((information + TAU ** -2) * spread) / information;
  return [Math.max(-1, centre - halfWidth), Math.min(1, centre + halfWidth)];
};
