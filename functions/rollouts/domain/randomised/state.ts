import { Arm } from '../../../../contracts/inference.ts';
import { type Evidence, isEvidenceOf, startEvidence } from '../evidence.ts';
import { type Counts, unitsIn } from './block.ts';
import { type Nulls, nullsOf } from './nulls.ts';
import type { RandomisedPolicy } from './policy.ts';

/** One arm's closed blocks of one stage; lists are in the order of the policy's metrics. */
export type ArmPast = {
  readonly units: number;
  /** Of the values, in units of bins. */
  readonly sums: readonly number[];
  /** Of the values' squares, in units of bins. */
  readonly squares: readonly number[];
};

/** What was assigned in one stage. */
export type Stratum = {
  readonly stage: string;
  /** The challenger's, in basis points. */
  readonly weight: number;
  readonly champion: ArmPast;
  readonly challenger: ArmPast;
  /** Units of one arm that wait until the other has one; absent where none do. */
  readonly pending?: { readonly arm: Arm; readonly counts: Counts };
};

export type MetricEvidence = { readonly promotion: Evidence; readonly rollback: Evidence };

/** All that a verdict needs of the units so far: constant size, plain JSON, finite numbers. */
export type RandomisedState = {
  /** Closed blocks. */
  readonly blocks: number;
  /** In the order of the policy's metrics. */
  readonly metrics: readonly MetricEvidence[];
  /** Of the reward. */
  readonly tripwire: Evidence;
  readonly ramp: Evidence;
  /** Largest log of the average of the metrics' rollback e-values at the end of any block, at least 0: what decides. */
  readonly peakLogRollback: number;
  /** Largest log e-value against the split, at least 0. */
  readonly peakLogSampleRatio: number;
  /** Of the interval for display: sum of n_B / v, and of (n_B / v)·(ȳ_B − ȳ_A), over the blocks. */
  readonly information: number;
  readonly weightedDifference: number;
  /** In the order in which the stages first had a unit. */
  readonly strata: readonly Stratum[];
};

/** The stored evidence was begun under another policy, or is damaged. */
export class InvalidRandomisedStateError extends Error {
  override readonly name = 'InvalidRandomisedStateError';
}

/**
 * The state before the first unit: E = 1 against every null.
 * @throws InvalidRandomisedPolicyError
 */
export const startRandomisedProcess = (policy: RandomisedPolicy): RandomisedState => {
  const { metrics, tripwire, ramp } = nullsOf(policy);
  return {
    blocks: 0,
    metrics: metrics.map(({ promotion, rollback }) => ({
      promotion: startEvidence(promotion),
      rollback: startEvidence(rollback),
    })),
    tripwire: startEvidence(tripwire),
    ramp: startEvidence(ramp),
    peakLogRollback: 0,
    peakLogSampleRatio: 0,
    information: 0,
    weightedDifference: 0,
    strata: [],
  };
};

/** A stage of which nothing has come yet. */
export const emptyStratum = (stage: string, weight: number, { metrics }: RandomisedPolicy): Stratum => {
  const none: ArmPast = { units: 0, sums: metrics.map(() => 0), squares: metrics.map(() => 0) };
  return { stage, weight, champion: none, challenger: none };
};

/** Units of both arms in closed blocks: those that were bet on. */
export const unitsOf = ({ strata }: Pick<RandomisedState, 'strata'>): number =>
  strata.reduce((units, { champion, challenger }) => units + champion.units + challenger.units, 0);

/** The challenger's units in closed blocks. */
export const challengerUnitsOf = ({ strata }: Pick<RandomisedState, 'strata'>): number =>
  strata.reduce((units, { challenger }) => units + challenger.units, 0);

/** Units of one arm that were assigned in the stage, those that wait included. */
export const assignedTo = (stratum: Stratum, arm: Arm): number => {
  const { units } = arm === Arm.Champion ? stratum.champion : stratum.challenger;
  return stratum.pending?.arm === arm ? units + unitsIn(stratum.pending.counts) : units;
};

/**
 * Checks a stored state against the policy that it is about to be judged by.
 * @throws InvalidRandomisedStateError, InvalidRandomisedPolicyError
 */
export const assertRandomisedState = (state: RandomisedState, policy: RandomisedPolicy): void => {
  const nulls = nullsOf(policy);
  if (state.metrics.length === nulls.metrics.length && isPlayedAgainst(nulls, state)) return;
  throw new InvalidRandomisedStateError(
    `Expected evidence on ${nulls.metrics.map(({ metric }) => metric.name).join(', ')}, with finite log capital for ` +
      `each effect, peaks from 0 and no more reserve than there was, got ${JSON.stringify({ ...state, strata: '…' })}. ` +
      'Judge a rollout by the policy that it began with, or replay its block log from the start.',
  );
};

const isPlayedAgainst = (nulls: Nulls, state: RandomisedState): boolean =>
  isEvidenceOf(nulls.tripwire, state.tripwire) &&
  isEvidenceOf(nulls.ramp, state.ramp) &&
  isPeak(state.peakLogRollback) &&
  isPeak(state.peakLogSampleRatio) &&
  nulls.metrics.every(({ promotion, rollback }, index) => {
    const evidence = state.metrics[index];
    return (
      evidence !== undefined && isEvidenceOf(promotion, evidence.promotion) && isEvidenceOf(rollback, evidence.rollback)
    );
  });

const isPeak = (log: number): boolean => log >= 0 && Number.isFinite(log);
