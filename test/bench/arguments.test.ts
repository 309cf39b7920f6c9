import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { root } from '../../local/paths.ts';

const run = promisify(execFile);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const benches = Object.keys(scripts).filter((name) => name.startsWith('bench:'));

const start = (name: string, option: string) =>
  run(process.execPath, [join(root, `${name.replace(':', '/')}.ts`), option], { cwd: root, timeout: 60_000 });

test.each(benches)('npm run %s says what it takes, in one line', async (name) => {
  const { stdout, stderr } = await start(name, '--help');
  expect(stdout).toMatch(new RegExp(`^Usage: npm run ${name} \\[-- .*--json FILE.*]\\n$`));
  expect(stderr).toBe('');
});

test.each(benches)('npm run %s refuses an option that there is not, before it does anything', async (name) => {
  await expect(start(name, '--nonsense')).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^Unknown option '--nonsense'.*\nUsage: npm run ${name} .*\n$`)),
  });
});
