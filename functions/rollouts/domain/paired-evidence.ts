/**
 * An e-process against one null hypothesis on μ, the mean of D = challenger's score − champion's in [−1, 1].
 *
 * With direction σ and boundary d, each effect e_j of the grid holds capital W_j, which a block multiplies by
 *
 *     Π (1 + l·(D − d)),   l = σ · min(e_j / v̂, 0.8 / (1 + |d|))
 *
 * where v̂ estimates E[D²] from earlier blocks only. E is the sum of the W_j and the reserve not yet bet.
 *
 * Validity: |D − d| ≤ 1 + |d|, so every factor is at least 1 − 0.8 > 0. Given the past, its expectation is
 * 1 + l(μ − d) ≤ 1 under the null (σ = +1: μ ≤ d and l > 0; σ = −1: μ ≥ d and l < 0), as evidence.ts asks for.
 * The mean may drift: for independent pairs Π(1 + l(μ_i − d)) ≤ exp(l·Σ(μ_i − d)) ≤ 1 as soon as the means
 * average to the null's side of d within each block. Only the range of D is used, so a histogram of differences of
 * scores in [0, 1] may stand where the three counts of right and wrong stand.
 *
 * Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86 (2024).
 */
import { closeBlock, type Division, type Evidence } from './evidence.ts';

/** What is bet against, and how. */
export type NullHypothesis = Division & {
  /** 1: the null says μ ≤ boundary. −1: it says μ ≥ boundary. */
  readonly direction: 1 | -1;
  /** d, in [−0.5, 0.5]. The effects are distances of μ from it, in (0, 2]. */
  readonly boundary: number;
};

/** How often D took each of its values. */
export type Differences = readonly (readonly [difference: number, count: number])[];

const BET_CAP = 0.8;

/**
 * Plays one block.
 * @param variance v̂, from earlier blocks only, above 0.
 * @param pairs pairs so far, this block included: decides when parts of the reserve enter the bets of later blocks.
 */
export const playBlock = (
  evidence: Evidence,
  hypothesis: NullHypothesis,
  block: Differences,
  variance: number,
  pairs: number,
): Evidence => {
  const { direction, boundary, effects } = hypothesis;
  const cap = BET_CAP / (1 + Math.abs(boundary));
  const logCapital = evidence.logCapital.map((capital, index) => {
    const stake = direction * Math.min((effects[index] ?? 0) / variance, cap);
    return block.reduce(
      (sum, [difference, count]) => sum + count * Math.log1p(stake * (difference - boundary)),
      capital,
    );
  });
  return closeBlock(evidence, hypothesis, logCapital, pairs);
};
