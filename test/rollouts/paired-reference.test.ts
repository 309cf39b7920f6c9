import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { type Evidence, logEvidenceOf } from '../../functions/rollouts/domain/evidence.ts';
import { definePairedPolicy, type PairedPolicy } from '../../functions/rollouts/domain/paired-policy.ts';
import {
  applyBlock,
  nullHypotheses,
  type PairCounts,
  startPairedProcess,
} from '../../functions/rollouts/domain/paired-process.ts';
import { decide } from '../../functions/rollouts/domain/verdict.ts';

type ExpectedEvidence = Evidence & { logEvidence: number };
type Step = Record<'promotion' | 'rollback' | 'tripwire', ExpectedEvidence> & { block: PairCounts; reason: string };
type Case = { name: string; policy: Record<string, unknown>; steps: Step[] };

const program = fileURLToPath(new URL('./reference/paired_process.py', import.meta.url));

/** Computed in 60-digit decimals by the program. */
const cases: Case[] = JSON.parse(readFileSync(new URL('./reference/paired-process.json', import.meta.url), 'utf8'));

/** The reference writes numbers as strings, to keep their decimals. */
const numeric = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(numeric);
  if (typeof value === 'string' && value !== '' && Number.isFinite(Number(value))) return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numeric(inner)]));
};

const policyOf = ({ policy }: Case): PairedPolicy => definePairedPolicy(numeric(policy) as PairedPolicy);

/** Relative error, absolute below 1. */
const errorOf = (actual: number, expected: number): number =>
  Math.abs(actual - expected) / Math.max(1, Math.abs(expected));

describe('the paired process against an independent implementation', () => {
  it.each(cases)('agrees to 1e-12 after every block: $name', (reference) => {
    const policy = policyOf(reference);
    const nulls = nullHypotheses(policy);
    let state = startPairedProcess(policy);
    const errors: number[] = [];
    for (const step of reference.steps) {
      state = applyBlock(state, step.block, policy);
      for (const name of ['promotion', 'rollback', 'tripwire'] as const) {
        const [evidence, expected] = [state[name], step[name]];
        expect(evidence.injectedParts).toBe(expected.injectedParts);
        expect(evidence.logCapital).toHaveLength(expected.logCapital.length);
        errors.push(...expected.logCapital.map((log, index) => errorOf(evidence.logCapital[index] ?? Number.NaN, log)));
        errors.push(errorOf(evidence.peakLogEvidence, expected.peakLogEvidence));
        errors.push(errorOf(logEvidenceOf(evidence, nulls[name]), expected.logEvidence));
      }
    }
    expect(Math.max(...errors)).toBeLessThanOrEqual(1e-12);
  });

  it.each(cases)('gives the same reason after every block: $name', (reference) => {
    const policy = policyOf(reference);
    let state = startPairedProcess(policy);
    const reasons = reference.steps.map(({ block }) => {
      state = applyBlock(state, block, policy);
      return decide(state, policy, { deadlinePassed: false }).reason;
    });
    expect(reasons).toEqual(reference.steps.map(({ reason }) => reason));
  });

  it('is compared with what the reference program computes today', () => {
    expect(() => execFileSync('python3', [program, '--check'], { stdio: 'pipe' })).not.toThrow();
  });

  it('covers every reason that a verdict can have', () => {
    const reasons = new Set(cases.flatMap(({ steps }) => steps.map(({ reason }) => reason)));
    expect([...reasons].sort()).toEqual([
      'horizon-reached',
      'insufficient-evidence',
      'non-inferior',
      'superior',
      'too-few-pairs',
      'tripwire',
      'worse-than-margin',
    ]);
  });
});
