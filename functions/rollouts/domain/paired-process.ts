/**
 * Paired evidence: champion and challenger scored on the same cases, block by block.
 *
 * Three e-processes (paired-evidence.ts) run side by side on the same pairs:
 *
 *     null          says        refuted when the challenger is              leads to
 *     promotion     μ ≤ −m      not worse by the margin m (μ ≤ 0: better)   promote
 *     rollback      μ ≥ −m      worse by more than the margin               roll back
 *     tripwire      μ ≥ 0       worse at all                                hold the weight
 */
import { Hypothesis } from '../../../contracts/verdicts.ts';
import { type Evidence, isEvidenceOf, noReserve, startEvidence } from './evidence.ts';
import { type Differences, type NullHypothesis, playBlock } from './paired-evidence.ts';
import { assertPairedPolicy, type PairedPolicy } from './paired-policy.ts';

/** Pairs counted by who was right: whole numbers from 0. A block is what arrived since the last one was closed. */
export type PairCounts = {
  readonly both: number;
  /** D = −1, often written n01. */
  readonly championOnly: number;
  /** D = 1, often written n10. */
  readonly challengerOnly: number;
  readonly neither: number;
};

type NullName = 'promotion' | 'rollback' | 'tripwire';

/** All that a verdict needs of the pairs so far: constant size, plain JSON. */
export type PairedState = PairCounts &
  Readonly<Record<NullName, Evidence>> & {
    /** Closed blocks: the position in the block log. */
    readonly blocks: number;
  };

/** The numbers given are not counts of pairs. */
export class InvalidPairCountsError extends Error {
  override readonly name = 'InvalidPairCountsError';
}

/** The stored evidence was begun under another policy, or is damaged. */
export class InvalidPairedStateError extends Error {
  override readonly name = 'InvalidPairedStateError';
}

/** v̂ before the first pair is 2/20: one pair in ten discordant. */
const PRIOR_DISCORDANT = 2;
const PRIOR_PAIRS = 20;

/**
 * The state before the first pair: E = 1 against every null.
 * @throws InvalidPairedPolicyError
 */
export const startPairedProcess = (policy: PairedPolicy): PairedState => {
  assertPairedPolicy(policy);
  const { promotion, rollback, tripwire } = nullHypotheses(policy);
  return {
    both: 0,
    championOnly: 0,
    challengerOnly: 0,
    neither: 0,
    blocks: 0,
    promotion: startEvidence(promotion),
    rollback: startEvidence(rollback),
    tripwire: startEvidence(tripwire),
  };
};

/**
 * Closes a block: bets with what earlier blocks taught, then learns from this one. The same blocks in the same order
 * give the same state, bit for bit; an empty block changes nothing. How much evidence a block brings depends on
 * where it ends, its validity does not, provided that every pair enters exactly one block whatever its scores are.
 *
 * @example
 * const policy = definePairedPolicy({ margin: 0.02 });
 * const state = applyBlock(startPairedProcess(policy), { both: 20, championOnly: 1, challengerOnly: 3, neither: 1 }, policy);
 * @throws InvalidPairCountsError, InvalidPairedStateError, InvalidPairedPolicyError
 */
export const applyBlock = (state: PairedState, block: PairCounts, policy: PairedPolicy): PairedState => {
  assertPairedState(state, policy);
  assertPairCounts(block);
  if (pairsOf(block) === 0) return state;
  const counts = addCounts(state, block);
  const variance = (discordantOf(state) + PRIOR_DISCORDANT) / (pairsOf(state) + PRIOR_PAIRS);
  const differences = differencesOf(block);
  const play = (evidence: Evidence, hypothesis: NullHypothesis): Evidence =>
    playBlock(evidence, hypothesis, differences, variance, pairsOf(counts));
  const { promotion, rollback, tripwire } = nullHypotheses(policy);
  return {
    ...counts,
    blocks: state.blocks + 1,
    promotion: play(state.promotion, promotion),
    rollback: play(state.rollback, rollback),
    tripwire: play(state.tripwire, tripwire),
  };
};

/** The three nulls that a policy bets against. */
export const nullHypotheses = (policy: PairedPolicy): Readonly<Record<NullName, NullHypothesis>> => {
  const { share, firstPairs, parts } = policy.rollbackReserve;
  const rollback: NullHypothesis = {
    direction: -1,
    boundary: -policy.margin,
    effects: policy.rollbackEffects,
    reserve: { share, first: firstPairs, parts },
  };
  return {
    promotion: {
      direction: 1,
      boundary: policy.hypothesis === Hypothesis.NonInferiority ? -policy.margin : 0,
      effects: policy.promotionEffects,
      reserve: noReserve,
    },
    rollback,
    tripwire: { ...rollback, boundary: 0 },
  };
};

export const pairsOf = ({ both, championOnly, challengerOnly, neither }: PairCounts): number =>
  both + championOnly + challengerOnly + neither;

/** Pairs in which exactly one of the two was right. */
export const discordantOf = ({ championOnly, challengerOnly }: PairCounts): number => championOnly + challengerOnly;

/**
 * Checks a stored state against the policy that it is about to be judged by.
 * @throws InvalidPairCountsError, InvalidPairedStateError, InvalidPairedPolicyError
 */
export const assertPairedState = (state: PairedState, policy: PairedPolicy): void => {
  assertPairedPolicy(policy);
  assertPairCounts(state);
  const nulls = nullHypotheses(policy);
  for (const name of ['promotion', 'rollback', 'tripwire'] as const) {
    const [hypothesis, evidence] = [nulls[name], state[name]];
    if (isEvidenceOf(hypothesis, evidence)) continue;
    throw new InvalidPairedStateError(
      `Expected the evidence on ${name} to hold ${hypothesis.effects.length} finite log capitals, at most ` +
        `${hypothesis.reserve.parts} injected parts and a finite peak from 0, got ${JSON.stringify(evidence)}. ` +
        'Judge a rollout by the policy that it began with, or replay its block log from the start.',
    );
  }
};

const differencesOf = ({ both, championOnly, challengerOnly, neither }: PairCounts): Differences => [
  [1, challengerOnly],
  [-1, championOnly],
  [0, both + neither],
];

const addCounts = (state: PairCounts, block: PairCounts): PairCounts => {
  const counts = {
    both: state.both + block.both,
    championOnly: state.championOnly + block.championOnly,
    challengerOnly: state.challengerOnly + block.challengerOnly,
    neither: state.neither + block.neither,
  };
  assertPairCounts(counts);
  return counts;
};

const assertPairCounts = ({ both, championOnly, challengerOnly, neither }: PairCounts): void => {
  const counts = { both, championOnly, challengerOnly, neither };
  const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
  if ([...Object.values(counts), pairsOf(counts)].every(isCount)) return;
  const got = Object.entries(counts).map(([name, count]) => `${name} ${String(count)}`);
  throw new InvalidPairCountsError(
    'Expected both, championOnly, challengerOnly and neither as whole numbers from 0 with a sum below 2^53, ' +
      `got ${got.join(', ')}. Count the pairs scored since the last closed block again.`,
  );
};
