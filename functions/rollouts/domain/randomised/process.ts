/**
 * Randomised evidence: rewards and guardrails of live answers, split by the sticky hash, block by block.
 *
 * Every metric has an e-process for promotion and one for rollback (two-sample-evidence.ts); the reward has one more for
 * the tripwire and one for the ramp (nulls.ts). Blocks never mix stages: what was assigned under one weight is compared
 * with what was assigned under the same weight, whenever its reward came.
 */
import { Arm } from '../../../../contracts/inference.ts';
import { type Arms, playArms } from './bets.ts';
import {
  addCounts,
  assertCountable,
  assertPlace,
  type Block,
  type Counts,
  countsOf,
  refuse,
  unitsIn,
} from './block.ts';
import { binSquares, binSum } from './histogram.ts';
import type { RandomisedPolicy } from './policy.ts';
import { logSampleRatioEvidence } from './sample-ratio.ts';
import {
  type ArmPast,
  assertRandomisedState,
  assignedTo,
  emptyStratum,
  type RandomisedState,
  type Stratum,
} from './state.ts';

/**
 * Takes a block: units of a stage wait until both arms have one, then all of them are bet on with what earlier blocks
 * of the stage taught, and learnt from. The same blocks in the same order give the same state, bit for bit; an empty
 * block changes nothing. How much evidence a block brings depends on where it ends, its validity does not, provided
 * that its end was chosen without looking at its rewards.
 *
 * @example
 * const policy = defineRandomisedPolicy({ binary: true });
 * const block = { stage: 'canary-5', weight: 500, champion: { reward: [5, 33] }, challenger: { reward: [0, 2] } };
 * const state = applyBlock(startRandomisedProcess(policy), block, policy);
 * @throws InvalidBlockError, InvalidRandomisedStateError, InvalidRandomisedPolicyError
 */
export const applyBlock = (state: RandomisedState, block: Block, policy: RandomisedPolicy): RandomisedState => {
  assertRandomisedState(state, policy);
  assertPlace(block);
  const champion = countsOf(block.champion, Arm.Champion, policy);
  const challenger = countsOf(block.challenger, Arm.Challenger, policy);
  if (unitsIn(champion) + unitsIn(challenger) === 0) return state;
  const place = placeOf(state, block);
  const before = state.strata[place] ?? emptyStratum(block.stage, block.weight, policy);
  const arms = withPending(before, champion, challenger);
  const waiting = waitingArm(arms);
  const stratum = waiting === undefined ? learn(before, arms) : wait(before, waiting, arms[waiting]);
  for (const arm of Object.values(Arm)) assertCountable(assignedTo(stratum, arm), arm);
  const strata = [...state.strata.slice(0, place), stratum, ...state.strata.slice(place + 1)];
  const peakLogSampleRatio = Math.max(state.peakLogSampleRatio, logSampleRatioOf(strata));
  const played = waiting === undefined ? playArms(state, before, arms, policy) : state;
  return { ...played, strata, peakLogSampleRatio };
};

/** log of the product of the stages' e-values against their splits. */
const logSampleRatioOf = (strata: readonly Stratum[]): number =>
  strata.reduce(
    (sum, stratum) =>
      sum +
      logSampleRatioEvidence(stratum.weight, assignedTo(stratum, Arm.Champion), assignedTo(stratum, Arm.Challenger)),
    0,
  );

const placeOf = ({ strata }: RandomisedState, { stage, weight }: Block): number => {
  const place = strata.findIndex((stratum) => stratum.stage === stage);
  if (place === -1) return strata.length;
  const known = strata[place]?.weight;
  if (known === weight) return place;
  return refuse(`the weight of ${stage} to stay at ${known} basis points`, String(weight));
};

const withPending = ({ pending }: Stratum, champion: Counts, challenger: Counts): Arms => {
  if (pending === undefined) return { champion, challenger };
  return pending.arm === Arm.Champion
    ? { champion: addCounts(pending.counts, champion), challenger }
    : { champion, challenger: addCounts(pending.counts, challenger) };
};

/** The arm whose units wait for the other's first. */
const waitingArm = ({ champion, challenger }: Arms): Arm | undefined => {
  if (unitsIn(challenger) === 0) return Arm.Champion;
  return unitsIn(champion) === 0 ? Arm.Challenger : undefined;
};

const wait = (stratum: Stratum, arm: Arm, counts: Counts): Stratum => ({ ...stratum, pending: { arm, counts } });

const learn = ({ stage, weight, champion, challenger }: Stratum, arms: Arms): Stratum => ({
  stage,
  weight,
  champion: addToPast(champion, arms.champion),
  challenger: addToPast(challenger, arms.challenger),
});

const addToPast = ({ units, sums, squares }: ArmPast, counts: Counts): ArmPast => ({
  units: units + unitsIn(counts),
  sums: counts.map((histogram, index) => (sums[index] ?? 0) + binSum(histogram)),
  squares: counts.map((histogram, index) => (squares[index] ?? 0) + binSquares(histogram)),
});
