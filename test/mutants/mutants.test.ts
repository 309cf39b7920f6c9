import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../gates.ts';
import { buildCheck, readEdited } from '../protocol/build.ts';
import { runCheck } from '../protocol/workers.ts';
import { mutants } from './mutants.ts';

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

  it.each(['an abort leaves the canary its weight', 'reconciliation starts a second machine'])(
    'are found, as by a few steps: %s',
    async (name) => {
      const { edits = [] } = mutants.find((mutant) => mutant.name === name) ?? {};
      const { counterexample } = await runCheck(await buildCheck(edits), { sequences: 400, workers: 2, seed: 1 });
      expect(counterexample?.steps.length).toBeLessThan(20);
    },
    60_000,
  );
});
