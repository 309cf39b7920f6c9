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
 * 1 + l(μ − d) ≤ 1 under the null (σ = +1: μ ≤ d and l > 0; σ = −1: μ ≥ d and l < 0). So E is a nonnegative
 * supermartingale that starts at 1, and by Ville's inequality P(sup E ≥ 1/α) ≤ α, however often one looks.
 * Moving reserve into the bets between blocks leaves E as it is.
 * The mean may drift: for independent pairs Π(1 + l(μ_i − d)) ≤ exp(l·Σ(μ_i − d)) ≤ 1 as soon as the means
 * average to the null's side of d within each block. Only the range of D is used, so a histogram of differences of
 * scores in [0, 1] may stand where the three counts of right and wrong stand.
 *
 * Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86 (2024);
 * Ville, Étude critique de la notion de collectif (1939).
 */
import type { Reserve } from './paired-policy.ts';

/** What is bet against, and how. */
export type NullHypothesis = {
  /** 1: the null says μ ≤ boundary. −1: it says μ ≥ boundary. */
  readonly direction: 1 | -1;
  /** d, in [−0.5, 0.5]. */
  readonly boundary: number;
  /** Distances of μ from the boundary to bet on, in (0, 2]. */
  readonly effects: readonly number[];
  readonly reserve: Reserve;
};

/** Capital bet against one null. Natural logarithms, so that it neither overflows nor dies out. */
export type Evidence = {
  /** Log capital on each effect, in the order of the grid. */
  readonly logCapital: readonly number[];
  /** Parts of the reserve that have entered the bets. */
  readonly injectedParts: number;
  /** Largest log E at the end of any block, at least 0: what decides. */
  readonly peakLogEvidence: number;
};

/** How often D took each of its values. */
export type Differences = readonly (readonly [difference: number, count: number])[];

const BET_CAP = 0.8;

/** Capital 1, split equally over the effects after the reserve is taken out. */
export const startEvidence = ({ effects, reserve }: NullHypothesis): Evidence => ({
  logCapital: effects.map(() => Math.log((1 - reserve.share) / effects.length)),
  injectedParts: 0,
  peakLogEvidence: 0,
});

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
  const played = { ...evidence, logCapital };
  const peakLogEvidence = Math.max(evidence.peakLogEvidence, logEvidenceOf(played, hypothesis));
  return inject({ ...played, peakLogEvidence }, hypothesis, pairs);
};

/** log E now: the capital on all effects and what is left of the reserve. */
export const logEvidenceOf = ({ logCapital, injectedParts }: Evidence, { reserve }: NullHypothesis): number =>
  logSumExp([...logCapital, Math.log(shareOf(reserve, reserve.parts - injectedParts))]);

/** Whether the evidence has the shape that this null gives it, and only numbers that a process can reach. */
export const isEvidenceAgainst = ({ effects, reserve }: NullHypothesis, evidence: Evidence): boolean =>
  evidence.logCapital.length === effects.length &&
  evidence.logCapital.every(Number.isFinite) &&
  Number.isInteger(evidence.injectedParts) &&
  evidence.injectedParts >= 0 &&
  evidence.injectedParts <= reserve.parts &&
  evidence.peakLogEvidence >= 0 &&
  Number.isFinite(evidence.peakLogEvidence);

/** Moves the parts due at `pairs` from the reserve into the bets, equally over the effects; E stays what it is. */
const inject = (evidence: Evidence, { effects, reserve }: NullHypothesis, pairs: number): Evidence => {
  let due = evidence.injectedParts;
  while (due < reserve.parts && pairs >= reserve.firstPairs * 2 ** due) due += 1;
  if (due === evidence.injectedParts) return evidence;
  const logPart = Math.log(shareOf(reserve, due - evidence.injectedParts) / effects.length);
  return {
    ...evidence,
    logCapital: evidence.logCapital.map((capital) => logSumExp([capital, logPart])),
    injectedParts: due,
  };
};

const shareOf = ({ share, parts }: Reserve, count: number): number => (parts === 0 ? 0 : (share * count) / parts);

/** ln Σ exp(term) without overflow; a term may be −∞, but not all of them. */
const logSumExp = (terms: readonly number[]): number => {
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
};
