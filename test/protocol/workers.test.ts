import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCheck } from './workers.ts';

const definition = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
const imports =
  "import { parentPort, workerData } from 'node:worker_threads'; import { existsSync, writeFileSync } from 'node:fs';";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relearn-workers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the workers of the check', () => {
  it('try other sequences each, also those of neighbouring seeds', async () => {
    const code = `${imports} parentPort.postMessage({ report: { sequences: 1, counts: { [workerData.seed]: 1 } } });`;
    const seeds = [1, 2, 3].map(async (seed) => {
      const { sequences, counts } = await runCheck({ code, definition }, { sequences: 4, workers: 4, seed });
      expect(sequences).toBe(4);
      expect(counts[seed]).toBe(1);
      return Object.keys(counts);
    });
    expect(new Set((await Promise.all(seeds)).flat()).size).toBe(12);
  });

  it('are ended all together where one of them fails', async () => {
    const beat = join(folder, 'beat');
    const code = `${imports}
      const beat = ${JSON.stringify(beat)};
      const fail = () => { if (existsSync(beat)) throw new Error('one is broken'); };
      let count = 0;
      const live = () => writeFileSync(beat, String(count += 1));
      setInterval(workerData.seed === 1 ? fail : live, 1);`;
    const run = runCheck({ code, definition }, { sequences: 2, workers: 2, seed: 1 });
    await expect(run).rejects.toThrow('one is broken');
    const last = await readFile(beat, 'utf8');
    await delay(100);
    expect(await readFile(beat, 'utf8')).toBe(last);
  });
});
