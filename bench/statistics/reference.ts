/** The engine beside a second implementation of the same formulas, written in another language and arithmetic. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../../functions/rollouts/domain/randomised/block.ts';
import type { RandomisedPolicy } from '../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../functions/rollouts/domain/randomised/process.ts';
import { type RandomisedState, startRandomisedProcess } from '../../functions/rollouts/domain/randomised/state.ts';
import { root } from '../../local/paths.ts';

type Reference = Pick<RandomisedState, 'metrics' | 'tripwire' | 'ramp' | 'peakLogRollback' | 'peakLogSampleRatio'>;

interface Case {
  readonly name: string;
  readonly policy: RandomisedPolicy;
  readonly steps: readonly ({ readonly block: Block } & Reference)[];
}

const file = join(root, 'test/rollouts/reference/randomised-process.json');

/** Decimals of the reference are written as strings; a name is never one. */
const readCases = (): Case[] =>
  JSON.parse(readFileSync(file, 'utf8'), (_, value) =>
    typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
  );

/** Logs of capital and of peaks, in one order. */
const logsOf = ({ metrics, tripwire, ramp, peakLogRollback, peakLogSampleRatio }: Reference): number[] => [
  ...[...metrics.flatMap(({ promotion, rollback }) => [promotion, rollback]), tripwire, ramp].flatMap(
    ({ logCapital, peakLogEvidence }) => [...logCapital, peakLogEvidence],
  ),
  peakLogRollback,
  peakLogSampleRatio,
];

/** @returns the largest difference of a logarithm after any block; of logarithms beyond 1 in proportion to them */
export const largestDifference = (): number => {
  let largest = 0;
  for (const { policy, steps } of readCases()) {
    let state = startRandomisedProcess(policy);
    for (const step of steps) {
      state = applyBlock(state, step.block, policy);
      const expected = logsOf(step);
      for (const [index, log] of logsOf(state).entries()) {
        const other = expected[index] ?? Number.NaN;
        const difference = Math.abs(log - other) / Math.max(1, Math.abs(other));
        largest = difference > largest || Number.isNaN(difference) ? difference : largest;
      }
    }
  }
  return largest;
};
