import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { onCloud } from '../../../local/demo/on-cloud.ts';
import { root } from '../../../local/paths.ts';

describe('a demo', () => {
  let stateFolder: string;
  beforeEach(async () => {
    stateFolder = await mkdtemp(join(tmpdir(), 'relearn-demo-'));
  });
  afterEach(async () => {
    await rm(stateFolder, { recursive: true });
  });

  it('is refused where another one runs, whose folder is left as it is', async () => {
    await mkdir(join(stateFolder, 'emulator'));
    await writeFile(join(stateFolder, 'emulator', 'lock'), String(process.pid));
    await writeFile(join(stateFolder, 'users.json'), 'kept');
    const second = onCloud(stateFolder, AbortSignal.abort(), () => Promise.resolve());
    await expect(second).rejects.toThrow(
      `Another demo (process ${process.pid}) is running: wait for its end, or stop it.`,
    );
    expect(await readFile(join(stateFolder, 'users.json'), 'utf8')).toBe('kept');
  });
});

describe('npm run demo', () => {
  it.each(['x', '', '-1', '0.5'])('with the seed %j tells what it expected, and no stack', async (seed) => {
    const demo = promisify(execFile)(process.execPath, ['local/demo.ts', `--seed=${seed}`], {
      cwd: root,
      // A demo that takes the seed runs.
      timeout: 25_000,
      killSignal: 'SIGKILL',
    });
    await expect(demo).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^error: .*Expected a whole number from 0, got ${seed}\\.\n$`)),
    });
  });
});
