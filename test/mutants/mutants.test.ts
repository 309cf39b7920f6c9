import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../gates.ts';
import { buildCheck, readEdited } from '../protocol/build.ts';
import type { Report } from '../protocol/check.ts';
import { Rule } from '../protocol/monitor/rules.ts';
import { runCheck } from '../protocol/workers.ts';
import { mutants } from './mutants.ts';
import { verdictOf } from './verdict.ts';

describe('the seeded defects', () => {
  it.each(mutants.map(({ name, edits }) => [name, edits] as const))('fit the source: %s', async (_, edits) => {
    for (const edit of edits) {
      const path = join(root, edit.file);
      expect(await readEdited(path, [edit])).not.toBe(await readFile(path, 'utf8'));
    }
  });

  it('are refused where they fit no longer', async () => {
    const [first] = mutants[0]?.edits ?? [];
    if (first === undefined) throw new Error('there is one');
    await expect(buildCheck([{ ...first, find: 'a text of another time' }])).rejects.toThrow('found 0 times');
    await expect(buildCheck([{ ...first, file: 'functions/rollouts/api.ts' }])).rejects.toThrow('part of the check');
  });

  it.each(Object.values(Rule))('leave no rule unbroken: %s', (rule) => {
    expect(mutants.filter(({ rules }) => rules.includes(rule))).not.toEqual([]);
  });

  it('are caught by a rule of their own alone', () => {
    const mutant = { rules: [Rule.Weights, Rule.Finished] };
    const broken = (rules: readonly Rule[]): Report => ({
      sequences: 1,
      counts: {},
      counterexample: { rules, message: '', steps: [], seed: 1, number: 1 },
    });
    expect(verdictOf(mutant, broken([Rule.OneChampion, Rule.Finished]))).toBe('caught');
    expect(verdictOf(mutant, broken([Rule.ExpectedErrors]))).toBe('WRONG RULE');
    expect(verdictOf(mutant, broken([]))).toBe('WRONG RULE');
    expect(verdictOf(mutant, { sequences: 1, counts: {} })).toBe('MISSED');
  });

  it.each(['an abort leaves the canary its weight', 'reconciliation starts a second machine'])(
    'are found by the check: %s',
    async (name) => {
      const mutant = mutants.find((one) => one.name === name);
      if (mutant === undefined) throw new Error(`Expected a mutant ${name}, found none.`);
      const report = await runCheck(await buildCheck(mutant.edits), { sequences: 400, workers: 2, seed: 1 });
      expect(verdictOf(mutant, report)).toBe('caught');
    },
    180_000,
  );
});
