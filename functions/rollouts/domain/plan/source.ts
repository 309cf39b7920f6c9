import { daySeconds } from '../../../../contracts/durations.ts';
import type { Random } from '../../../../contracts/seeded.ts';
import type { RolloutRecord } from '../record.ts';
import type { StageEvidence } from '../stage-evidence.ts';

/** A stage that a simulated rollout has been in; the last is still open. */
export interface StageSpan {
  readonly name: string;
  /** Of the challenger, in basis points. */
  readonly weight: number;
  /** Seconds since the rollout began. */
  readonly from: number;
  readonly until: number;
}

/**
 * Evidence of one kind as it would come in, for the engine that decides. `State` is the engine's own, so what is
 * simulated is what will judge.
 */
export interface EvidenceSource<State> {
  readonly start: State;
  /** Adds what comes from one second of the rollout to another. */
  gather(state: State, from: number, until: number, stages: readonly StageSpan[], random: Random): State;
  evidence(state: State, rollout: RolloutRecord, deadlinePassed: boolean): StageEvidence;
}

const leastBlock = 25;
const blockGrowth = 0.04;

/**
 * Cuts what arrived into blocks. A judge closes one for each ledger segment, of 25 cases at most; here they grow with
 * what there is, which costs the evidence some percent of its samples and keeps a simulation short.
 *
 * @param arrived - whole, from 0
 * @param before - samples that were counted before
 * @returns sizes that add up to `arrived`
 */
export const blockSizes = (arrived: number, before: number): number[] => {
  const sizes: number[] = [];
  for (let left = arrived, counted = before; left > 0; ) {
    const size = Math.min(left, Math.max(leastBlock, Math.floor(counted * blockGrowth)));
    sizes.push(size);
    left -= size;
    counted += size;
  }
  return sizes;
};

/** Whole samples that arrive evenly between two moments, so that none is lost between blocks. */
export const arrivals = (perDay: number, from: number, until: number): number => {
  const by = (second: number): number => Math.floor((perDay * Math.max(0, second)) / daySeconds);
  return by(until) - by(from);
};
