/**
 * An e-process against one null hypothesis on μ_B − μ_A, the challenger's mean less the champion's of a metric in [0, 1].
 *
 * A block holds n_A units of the champion and n_B of the challenger, all assigned in the same stage. With direction σ,
 * boundary d and ρ = n_B / n_A, each effect e_j of the grid holds capital W_j, which the block multiplies by
 *
 *     Π_B (1 + σ·λ_B·(y − θ_B)) · Π_A (1 − σ·λ_A·(y − θ_A)),   θ_B = θ_A + d,   λ_A = ρ·λ_B
 *     λ_B = min(e_j / (v_B + ρ·v_A), 0.8 / θ_B, 0.8 / ((1 − θ_A)·ρ))    for σ = +1: the null says μ_B ≤ μ_A + d
 *     λ_B = min(e_j / (v_B + ρ·v_A), 0.8 / (1 − θ_B), 0.8 / (θ_A·ρ))    for σ = −1: the null says μ_B ≥ μ_A + d
 *
 * where θ and v are estimated from earlier blocks of the same stage only.
 *
 * Validity: the caps keep every factor at 1 − 0.8 > 0 or above whatever v is. Given the past and the arms of the block,
 * the expected product is at most exp(σ·n_B·λ_B·(μ_B − μ_A − d)) ≤ 1 under the null, by ln(1 + x) ≤ x and
 * n_A·λ_A = n_B·λ_B, as evidence.ts asks for. It needs no allocation probability and no constant mean, only that the
 * null holds within each block: so it covers any ramp that is decided by the past, drift common to both arms, and
 * labels that come late, where blocks are made by the stage at assignment.
 *
 * Source: Turner, Ly and Grünwald, Generic e-variables for exact sequential k-sample tests that allow for optional
 * stopping, JSPI 230 (2024); Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86
 * (2024). Stages as strata: Howard, Ramdas, McAuliffe and Sekhon, Time-uniform nonparametric nonasymptotic confidence
 * sequences, Annals of Statistics 49 (2021), on predictable centring.
 */
import { closeBlock, type Division, type Evidence } from '../evidence.ts';
import { binaryBins, type Histogram } from './histogram.ts';

/** What is bet against, and how. The effects are distances of μ_B − μ_A from the boundary, in (0, 2]. */
export type NullHypothesis = Division & {
  /** 1: the null says μ_B ≤ μ_A + boundary. −1: it says μ_B ≥ μ_A + boundary. */
  readonly direction: 1 | -1;
  /** d, in [−0.5, 0.5]. */
  readonly boundary: number;
};

/** What earlier blocks of the stage showed of one metric in one arm. */
export type Past = {
  readonly units: number;
  /** Sum of the values. */
  readonly sum: number;
  /** Sum of the squared distances from their mean. */
  readonly spread: number;
};

/** One metric's values in a block, and what is known of it before. */
export type Sample = {
  readonly champion: Histogram;
  readonly challenger: Histogram;
  /** n_A and n_B, from 1. */
  readonly championUnits: number;
  readonly challengerUnits: number;
  /** Of the same stage. */
  readonly championPast: Past;
  readonly challengerPast: Past;
  /** The champion's in all stages: what a variance is expected to be in a new one. */
  readonly championOverall: Past;
  /** The champion's mean before the rollout, in [0, 1], and the units that it is worth. */
  readonly prior: { readonly priorMean: number; readonly priorUnits: number };
};

/** Means and variances that the bets of a block are made with. */
export type Forecast = {
  readonly championMean: number;
  readonly challengerMean: number;
  readonly championVariance: number;
  readonly challengerVariance: number;
};

const BET_CAP = 0.8;
/** Units that an expected variance, and an expected difference, is worth. */
const PRIOR_UNITS = 20;
/** Least distance of θ from 0 and 1. */
const CLEARANCE = 0.001;

/** θ and v of a block: means that differ by exactly d, and the variance of a value around its own mean. */
export const forecast = (sample: Sample, d: number): Forecast => {
  const { championPast, challengerPast, championUnits, challengerUnits } = sample;
  const { priorMean, priorUnits } = sample.prior;
  const champion = (championPast.sum + priorUnits * priorMean) / (championPast.units + priorUnits);
  const challenger = (challengerPast.sum + PRIOR_UNITS * (champion + d)) / (challengerPast.units + PRIOR_UNITS);
  const share = challengerUnits / (championUnits + challengerUnits);
  const least = Math.max(0, -d) + CLEARANCE;
  const most = Math.min(1, 1 - d) - CLEARANCE;
  const championMean = Math.min(Math.max((1 - share) * champion + share * (challenger - d), least), most);
  const challengerMean = championMean + d;
  const binomial = championMean * (1 - championMean);
  if (sample.champion.length === binaryBins) {
    const challengerVariance = challengerMean * (1 - challengerMean);
    return { championMean, challengerMean, championVariance: binomial, challengerVariance };
  }
  const championVariance = shrunk(championPast, shrunk(sample.championOverall, binomial));
  return {
    championMean,
    challengerMean,
    championVariance,
    challengerVariance: shrunk(challengerPast, championVariance),
  };
};

/** The variance of the past, drawn towards what was expected. */
const shrunk = ({ spread, units }: Past, expected: number): number =>
  (spread + PRIOR_UNITS * expected) / (units + PRIOR_UNITS);

/**
 * Plays one block.
 * @param units the challenger's so far, this block included: decides when the reserve enters the bets of later blocks.
 * @param dilution the log capital moves by this share, in (0, 1]; below 1 where values of a block hang together.
 */
export const playBlock = (
  evidence: Evidence,
  hypothesis: NullHypothesis,
  sample: Sample,
  units: number,
  dilution = 1,
): Evidence => {
  const { direction, boundary, effects } = hypothesis;
  const { championMean, challengerMean, championVariance, challengerVariance } = forecast(sample, boundary);
  const ratio = sample.challengerUnits / sample.championUnits;
  const variance = challengerVariance + ratio * championVariance;
  const cap =
    direction === 1
      ? Math.min(BET_CAP / challengerMean, BET_CAP / (1 - championMean) / ratio)
      : Math.min(BET_CAP / (1 - challengerMean), BET_CAP / championMean / ratio);
  const logCapital = evidence.logCapital.map((capital, index) => {
    const stake = direction * Math.min((effects[index] as number) / variance, cap);
    const growth =
      logGrowth(sample.challenger, stake, challengerMean) + logGrowth(sample.champion, -ratio * stake, championMean);
    return capital + dilution * growth;
  });
  return closeBlock(evidence, hypothesis, logCapital, units);
};

/** Σ ln(1 + stake·(y − mean)) over the values of a histogram. */
const logGrowth = (histogram: Histogram, stake: number, mean: number): number => {
  const step = 1 / (histogram.length - 1);
  let growth = 0;
  for (let bin = 0; bin < histogram.length; bin += 1) {
    const count = histogram[bin] as number;
    if (count > 0) growth += count * Math.log1p(stake * (bin * step - mean));
  }
  return growth;
};
