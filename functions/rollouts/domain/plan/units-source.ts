import type { Random } from '../../../../contracts/seeded.ts';
import { wholeWeight } from '../../../../contracts/weight.ts';
import { emptyHistogram, type Histogram } from '../randomised/histogram.ts';
import type { RandomisedPolicy } from '../randomised/policy.ts';
import { applyBlock } from '../randomised/process.ts';
import { type RandomisedState, startRandomisedProcess, unitsOf } from '../randomised/state.ts';
import { decideRandomised } from '../randomised/verdict.ts';
import { randomisedStageEvidence } from '../stage-evidence.ts';
import { binomial } from './binomial.ts';
import type { UnitTiming } from './setting.ts';
import { arrivals, blockSizes, type EvidenceSource, type StageSpan } from './source.ts';

export interface SimulatedUnits {
  readonly policy: RandomisedPolicy;
  /** Predictions a day whose reward comes back, each a unit. */
  readonly outcomesPerDay: number;
  readonly timing: UnitTiming;
  /** The champion's. */
  readonly meanReward: number;
  /** Challenger's mean − champion's. */
  readonly difference: number;
}

/** Values 0 or 1, which have the largest spread that the mean allows: scores are never slower to judge. */
const histogram = (bins: number, units: number, ones: number): Histogram => {
  const counts = emptyHistogram(bins);
  counts[0] = units - ones;
  counts[bins - 1] = (counts[bins - 1] ?? 0) + ones;
  return counts;
};

/** The second before which everything that was assigned has been counted: windows are counted whole. */
const settledAt = (second: number, { windowSeconds, ageSeconds }: UnitTiming): number => {
  const aged = Math.max(0, second - ageSeconds);
  return windowSeconds === 0 ? aged : Math.floor(aged / windowSeconds) * windowSeconds;
};

/** Where the assignments of a time fall. */
const within = ({ from, until }: StageSpan, begin: number, end: number): readonly [number, number] => [
  Math.max(from, begin),
  Math.min(until, end),
];

/**
 * Predictions made evenly over the day, split by the weight of the stage in which they are made, whose rewards enter the
 * evidence at the same age. Nothing fails and nothing is slow, so the guardrails cost what it takes to show just that.
 */
export const unitsSource = (given: SimulatedUnits): EvidenceSource<RandomisedState> => {
  const { policy, outcomesPerDay, timing, meanReward, difference } = given;
  const armOf = (units: number, mean: number, random: Random): Record<string, Histogram> =>
    Object.fromEntries(
      policy.metrics.map(({ name, bins }, index) => [
        name,
        histogram(bins, units, index === 0 ? binomial(units, mean, random) : units),
      ]),
    );
  const takeBlock = (state: RandomisedState, { name, weight }: StageSpan, size: number, random: Random) => {
    const challengers = binomial(size, weight / wholeWeight, random);
    const champion = armOf(size - challengers, meanReward, random);
    const challenger = armOf(challengers, meanReward + difference, random);
    return applyBlock(state, { stage: name, weight, champion, challenger }, policy);
  };
  return {
    start: startRandomisedProcess(policy),
    gather: (begun, from, until, stages, random) => {
      let state = begun;
      for (const stage of stages.filter(({ weight }) => weight > 0 && weight < wholeWeight)) {
        const [begin, end] = within(stage, settledAt(from, timing), settledAt(until, timing));
        if (end <= begin) continue;
        const arrived = Math.min(arrivals(outcomesPerDay, begin, end), policy.maximumUnits - unitsOf(state));
        for (const size of blockSizes(arrived, unitsOf(state))) state = takeBlock(state, stage, size, random);
      }
      return state;
    },
    evidence: (state, rollout, deadlinePassed) =>
      randomisedStageEvidence(rollout, decideRandomised(state, policy, { deadlinePassed })),
  };
};
