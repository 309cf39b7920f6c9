/** The product's own engine, fed as a judge feeds it: with the units of each stage since the last evaluation. */
import { Verdict } from '../../../contracts/verdicts.ts';
import { binOf } from '../../../functions/rollouts/domain/randomised/histogram.ts';
import { defineRandomisedPolicy, type RandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import {
  type RandomisedState,
  startRandomisedProcess,
  unitsOf,
} from '../../../functions/rollouts/domain/randomised/state.ts';
import { decideRandomised } from '../../../functions/rollouts/domain/randomised/verdict.ts';
import type { BlockBet, Watch } from '../analysis.ts';
import { createStop, forget, type Monitor, type Stop } from '../monitor.ts';
import { outcomesPerUser } from '../scenario.ts';
import type { Outcomes } from '../world.ts';
import { createWaitingUnits } from './waiting-units.ts';

export interface BlockBetMonitor extends Monitor {
  /** Largest e-value so far for "not worse by 5 points". */
  readonly rampEvidence: () => number;
}

/** Largest e-value of a process so far; of promotion 0 as long as there are too few units for it. */
const peakOf = (state: RandomisedState, policy: RandomisedPolicy, process: Watch['process']): number => {
  switch (process) {
    case 'promotion':
      if (unitsOf(state) < policy.minimumUnits) return 0;
      return Math.exp(Math.min(...state.metrics.map(({ promotion }) => promotion.peakLogEvidence)));
    case 'rollback':
      return Math.exp(state.peakLogRollback);
    case 'tripwire':
      return Math.exp(state.tripwire.peakLogEvidence);
  }
};

/**
 * Each process is read off by itself. Where nothing else stands in the way, the verdict has to say the same.
 * @throws Error when the verdict says something else
 */
const assertVerdict = (state: RandomisedState, policy: RandomisedPolicy, { process, threshold }: Watch): void => {
  const promotes = process === 'promotion' && threshold === 1 / policy.promotionAlpha;
  const rollsBack = process === 'rollback' && threshold === 1 / policy.rollbackAlpha;
  const { verdict, numbers } = decideRandomised(state, policy, { deadlinePassed: false });
  const isOpen =
    numbers.eValueRollback < numbers.thresholdRollback && numbers.eValueSampleRatio < numbers.thresholdSampleRatio;
  const expected = rollsBack ? Verdict.RollBack : promotes && isOpen ? Verdict.Promote : verdict;
  if (verdict !== expected)
    throw new Error(`Expected the verdict ${expected}, got ${verdict}: ${JSON.stringify(numbers)}`);
};

/** A user's value: the mean of the last outcomes, which are this user's; undefined before the last of them. */
const meanOfUser = ({ value }: Outcomes, position: number): number | undefined => {
  if ((position + 1) % outcomesPerUser !== 0) return undefined;
  let sum = 0;
  for (let back = 0; back < outcomesPerUser; back += 1) sum += value[position - back] as number;
  return sum / outcomesPerUser;
};

export const createBlockBetMonitor = (analysis: BlockBet): BlockBetMonitor => {
  const { settings, every, watches, stages = 'separate', unit = 'outcome' } = analysis;
  const policy = defineRandomisedPolicy(settings);
  const bins = policy.metrics[0]?.bins ?? 0;
  const watched = watches.map((watch): readonly [Watch, Stop] => [watch, createStop(watch.name)]);
  const stops = watched.map(([, stop]) => stop);
  let state = startRandomisedProcess(policy);
  let waiting = createWaitingUnits(bins);
  let [units, challengers] = [0, 0];

  const decide = (clock: number): void => {
    for (const [watch, stop] of watched) {
      if (stop.at < Number.POSITIVE_INFINITY || peakOf(state, policy, watch.process) < watch.threshold) continue;
      if (stages === 'separate') assertVerdict(state, policy, watch);
      stop.at = clock;
      stop.challengers = challengers;
    }
  };

  return {
    stops,
    begin: () => {
      stops.forEach(forget);
      state = startRandomisedProcess(policy);
      waiting = createWaitingUnits(bins);
      units = 0;
      challengers = 0;
    },
    observe: (outcomes, position, _, clock) => {
      const value = unit === 'user' ? meanOfUser(outcomes, position) : outcomes.value[position];
      if (value === undefined) return;
      const isChallenger = outcomes.challenger[position] === 1;
      const stage = stages === 'mixed' ? 0 : (outcomes.stage[position] as number);
      waiting.add(stage, isChallenger, binOf(value, bins, outcomes.rounding[position] as number));
      units += 1;
      if (isChallenger) challengers += 1;
      if (units % every !== 0) return;
      state = waiting.takeBlocks().reduce((before, block) => applyBlock(before, block, policy), state);
      decide(clock);
    },
    isDone: () => stops.every(({ at }) => at < Number.POSITIVE_INFINITY),
    rampEvidence: () => Math.exp(state.ramp.peakLogEvidence),
  };
};
