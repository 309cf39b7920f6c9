/** The bets of one block: on every metric, against every null. */
import type { Arm } from '../../../../contracts/inference.ts';
import { type Evidence, logEvidenceOf, logSumExp } from '../evidence.ts';
import { type Counts, unitsIn } from './block.ts';
import { binaryBins, binSum, type Histogram } from './histogram.ts';
import { type Nulls, nullsOf } from './nulls.ts';
import type { MetricPolicy, RandomisedPolicy } from './policy.ts';
import { type ArmPast, challengerUnitsOf, type MetricEvidence, type RandomisedState, type Stratum } from './state.ts';
import { forecast, type NullHypothesis, type Past, playBlock, type Sample } from './two-sample-evidence.ts';

/** The units of a block, at least one of each arm. */
export type Arms = Readonly<Record<Arm, Counts>>;

/**
 * Bets on a block with what came before it.
 * @param state before the block. @param stratum its stage, before the block.
 * @returns the state with the evidence of the block, its strata untouched.
 */
export const playArms = (
  state: RandomisedState,
  stratum: Stratum,
  arms: Arms,
  policy: RandomisedPolicy,
): RandomisedState => {
  const nulls = nullsOf(policy);
  const units = challengerUnitsOf(state) + unitsIn(arms.challenger);
  const samples = policy.metrics.map((metric, index) => sampleOf(state, stratum, arms, index, metric));
  const play = (evidence: Evidence, hypothesis: NullHypothesis, index: number): Evidence =>
    playBlock(evidence, hypothesis, samples[index] as Sample, units);
  const metrics = state.metrics.map(({ promotion, rollback }, index) => {
    const against = nulls.metrics[index] ?? nulls.metrics[0];
    return { promotion: play(promotion, against.promotion, index), rollback: play(rollback, against.rollback, index) };
  });
  const { information, difference } = observed(samples[0] as Sample);
  return {
    ...state,
    blocks: state.blocks + 1,
    metrics,
    tripwire: play(state.tripwire, nulls.tripwire, 0),
    ramp: play(state.ramp, nulls.ramp, 0),
    peakLogRollback: Math.max(state.peakLogRollback, logRollbackOf(metrics, nulls)),
    information: state.information + information,
    weightedDifference: state.weightedDifference + information * difference,
  };
};

/** log of the average of the metrics' rollback e-values now. */
export const logRollbackOf = (metrics: readonly MetricEvidence[], nulls: Nulls): number =>
  logSumExp(
    metrics.map(({ rollback }, index) => logEvidenceOf(rollback, (nulls.metrics[index] ?? nulls.metrics[0]).rollback)),
  ) - Math.log(metrics.length);

const sampleOf = (
  { strata }: RandomisedState,
  { champion, challenger }: Stratum,
  arms: Arms,
  index: number,
  metric: MetricPolicy,
): Sample => ({
  champion: arms.champion[index] as Histogram,
  challenger: arms.challenger[index] as Histogram,
  championUnits: unitsIn(arms.champion),
  challengerUnits: unitsIn(arms.challenger),
  championPast: pastOf(champion, index, metric.bins),
  challengerPast: pastOf(challenger, index, metric.bins),
  championOverall: metric.bins === binaryBins ? nothing : overall(strata, index, metric.bins),
  prior: metric,
});

const nothing: Past = { units: 0, sum: 0, spread: 0 };

const pastOf = ({ units, sums, squares }: ArmPast, index: number, bins: number): Past => {
  if (units === 0) return nothing;
  const [sum, square] = [sums[index] as number, squares[index] as number];
  const step = 1 / (bins - 1);
  // The difference of whole numbers is exact below 2^53; above, rounding may leave it a little below 0.
  const spread = Math.max(0, units * square - sum * sum) / units;
  return { units, sum: sum * step, spread: spread * step * step };
};

/** The champion in all stages; the spread is that within stages. */
const overall = (strata: readonly Stratum[], index: number, bins: number): Past => {
  let [units, sum, spread] = [0, 0, 0];
  for (const { champion } of strata) {
    const past = pastOf(champion, index, bins);
    units += past.units;
    sum += past.sum;
    spread += past.spread;
  }
  return { units, sum, spread };
};

/** Information n_B / v on the difference of means, v = v_B + ρ·v_A, and the difference in the block. */
const observed = (sample: Sample): { information: number; difference: number } => {
  const { champion, challenger, championUnits, challengerUnits } = sample;
  const { championVariance, challengerVariance } = forecast(sample, 0);
  const variance = challengerVariance + (challengerUnits / championUnits) * championVariance;
  const meanOf = (histogram: Histogram, units: number) => binSum(histogram) / units / (histogram.length - 1);
  return {
    information: challengerUnits / variance,
    difference: meanOf(challenger, challengerUnits) - meanOf(champion, championUnits),
  };
};
