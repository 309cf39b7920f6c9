import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../../functions/rollouts/domain/evidence.ts';
import type { Block } from '../../../functions/rollouts/domain/randomised/block.ts';
import { assertRandomisedPolicy, type RandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import { type RandomisedState, startRandomisedProcess } from '../../../functions/rollouts/domain/randomised/state.ts';
import { decideRandomised } from '../../../functions/rollouts/domain/randomised/verdict.ts';

type Step = Pick<RandomisedState, 'metrics' | 'tripwire' | 'ramp' | 'peakLogRollback' | 'peakLogSampleRatio'> & {
  readonly block: Block;
  readonly reason: string;
  readonly units: number;
  readonly interval: [number, number];
};
type Case = { readonly name: string; readonly policy: unknown; readonly steps: readonly Step[] };

const program = fileURLToPath(new URL('../reference/randomised_process.py', import.meta.url));

/** Computed in 60-digit decimals by the program. */
const cases: Case[] = JSON.parse(
  readFileSync(new URL('../reference/randomised-process.json', import.meta.url), 'utf8'),
);

/** The reference writes numbers as strings, to keep their decimals. */
const numeric = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(numeric);
  if (typeof value === 'string' && value !== '' && Number.isFinite(Number(value))) return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numeric(inner)]));
};

const policyOf = ({ policy }: Case): RandomisedPolicy => {
  const given = numeric(policy) as RandomisedPolicy;
  assertRandomisedPolicy(given);
  return given;
};

/** The state and the verdict after each block. */
const replay = (reference: Case) => {
  const policy = policyOf(reference);
  let state = startRandomisedProcess(policy);
  return reference.steps.map((step) => {
    state = applyBlock(state, step.block, policy);
    return { step, state, verdict: decideRandomised(state, policy, { deadlinePassed: false }) };
  });
};

const evidencesOf = ({ metrics, tripwire, ramp }: Pick<Step, 'metrics' | 'tripwire' | 'ramp'>): Evidence[] => [
  ...metrics.flatMap(({ promotion, rollback }) => [promotion, rollback]),
  tripwire,
  ramp,
];

const numbersOf = (compared: Step | RandomisedState, interval: readonly number[]): number[] => [
  ...evidencesOf(compared).flatMap(({ logCapital, injectedParts, peakLogEvidence }) => [
    ...logCapital,
    injectedParts,
    peakLogEvidence,
  ]),
  compared.peakLogRollback,
  compared.peakLogSampleRatio,
  ...interval,
];

/** Relative error, absolute below 1. */
const errorOf = (actual: number, expected: number): number =>
  Math.abs(actual - expected) / Math.max(1, Math.abs(expected));

describe('the randomised process against an independent implementation', () => {
  it.each(cases)('agrees to 1e-12 after every block: $name', (reference) => {
    const errors = replay(reference).flatMap(({ step, state, verdict }) => {
      const actual = numbersOf(state, verdict.numbers.interval);
      const expected = numbersOf(step, step.interval);
      expect(actual).toHaveLength(expected.length);
      return expected.map((number, index) => errorOf(actual[index] ?? Number.NaN, number));
    });
    expect(Math.max(...errors)).toBeLessThanOrEqual(1e-12);
  });

  it.each(cases)('gives the same reason after every block: $name', (reference) => {
    const found = replay(reference).map(({ verdict }) => ({ reason: verdict.reason, units: verdict.numbers.units }));
    expect(found).toEqual(reference.steps.map(({ reason, units }) => ({ reason, units })));
  });

  it('is compared with what the reference program computes today', () => {
    expect(() => execFileSync('python3', [program, '--check'], { stdio: 'pipe' })).not.toThrow();
  });

  it('covers every reason that the units alone can give', () => {
    const reasons = new Set(cases.flatMap(({ steps }) => steps.map(({ reason }) => reason)));
    expect([...reasons].sort()).toEqual([
      'guardrails-open',
      'guardrails-worse',
      'horizon-reached',
      'insufficient-evidence',
      'non-inferior',
      'sample-ratio',
      'superior',
      'too-few-units',
      'tripwire',
      'worse-than-margin',
    ]);
  });
});
