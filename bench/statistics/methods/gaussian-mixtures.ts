/** Sequential tests that treat the difference of means as normal with the variance seen so far. */
import type { Tally } from '../tally.ts';
import { normalDistribution } from './normal.ts';
import { type Boundary, excessOf, type Question, separateVariance } from './question.ts';

/** Standard deviation of the normal mixture over differences. */
const TAU = 0.03;
const ALPHA = 0.05;

/** ln of the mixture's likelihood ratio at a difference `excess` from the boundary, V its variance. */
const logMixture = (excess: number, variance: number): number => {
  const total = variance + TAU ** 2;
  return (Math.log(variance / total) + (TAU ** 2 * excess ** 2) / (variance * total)) / 2;
};

/**
 * Mixture sequential probability ratio test, two-sided at 5%: √(V/(V+τ²))·exp(τ²x²/(2V(V+τ²))) ≥ 1/α, the side is the
 * side on which the difference lies.
 * Source: Johari, Koomen, Pekelis and Walsh (2017), Peeking at A/B tests, equation 6.
 */
export const mixtureSprt =
  (question: Question, varianceOf: (tally: Tally) => number): Boundary =>
  (tally) => {
    const excess = excessOf(tally, question);
    if (excess <= 0) return false;
    const variance = varianceOf(tally);
    return variance > 0 && logMixture(excess, variance) >= -Math.log(ALPHA);
  };

/**
 * The same with a mixture over the asked side only, one-sided at 5%: twice the mixture times Φ(x·τ/√(V(V+τ²))).
 * Source: Howard, Ramdas, McAuliffe and Sekhon (2021), Time-uniform, nonparametric, nonasymptotic confidence
 * sequences, proposition 6.
 */
export const oneSidedMixture =
  (question: Question): Boundary =>
  (tally) => {
    const excess = excessOf(tally, question);
    if (excess <= 0) return false;
    const variance = separateVariance(tally);
    if (variance <= 0) return false;
    const doubled = logMixture(excess, variance) + Math.LN2;
    const needed = -Math.log(ALPHA);
    if (doubled < needed) return false;
    const share = normalDistribution((excess * TAU) / Math.sqrt(variance * (variance + TAU ** 2)));
    return doubled + Math.log(share) >= needed;
  };
