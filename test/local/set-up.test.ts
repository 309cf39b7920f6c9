import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { python, root } from '../../local/paths.ts';
import { exclusively } from '../../local/process-lock.ts';
import { CommandFailedError, runCommand } from '../../local/run-command.ts';
import { preparePython } from '../../local/set-up/python-environment.ts';
import { isNewEnough } from '../../local/set-up/python-interpreter.ts';

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  await preparePython({ log: () => {} });
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relearn-set-up-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a Python environment that is up to date costs nothing', async () => {
  const said: string[] = [];
  const before = (await stat(python)).mtimeMs;
  await preparePython({ log: (line) => said.push(line) });
  expect(said).toEqual([]);
  expect((await stat(python)).mtimeMs).toBe(before);
});

test('what everybody gets holds no PyTorch, which is gigabytes on most machines', async () => {
  const everybodys = [
    'local/python/requirements.txt',
    'training-container/requirements.txt',
    'training-container/requirements-dev.txt',
  ];
  const texts = await Promise.all(everybodys.map((file) => readFile(join(root, file), 'utf8')));
  expect(texts.join('')).not.toMatch(/torch/i);
  expect(await readFile(join(root, 'training-container/requirements-torch.txt'), 'utf8')).toMatch(/^torch==/m);
});

test('an extra that there is not is refused with those that there are', async () => {
  const asking = run(process.execPath, [join(root, 'local/set-up.ts'), 'pytorch']);
  await expect(asking).rejects.toMatchObject({ stderr: expect.stringContaining('Allowed choices are torch') });
});

test.each([
  ['3.11.0', true],
  ['3.14.2', true],
  ['4.0.0', true],
  ['3.10.14', false],
  ['2.7.18', false],
])('whether Python %s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

test('a command that fails is told with its status and its last words', async () => {
  const failing = runCommand('/bin/sh', ['-c', 'echo out; echo err >&2; exit 7'], { cwd: folder });
  await expect(failing).rejects.toThrow(CommandFailedError);
  await expect(failing).rejects.toThrow(/ended with exit status 7[\s\S]*(out|err)\n(out|err)/);
});

describe('certificates', () => {
  const make = (target: string) => run(python, [join(root, 'local/python/certificates.py'), target]);

  test('are signed by the local authority for this machine only, with a key that nobody else may read', async () => {
    const target = join(folder, 'tls');
    await make(target);
    const authority = new X509Certificate(await readFile(join(target, 'ca.pem')));
    const leaf = new X509Certificate(await readFile(join(target, 'server.pem')));
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkHost('localhost')).toBe('localhost');
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(leaf.checkHost('example.org')).toBeUndefined();
    expect((await stat(join(target, 'server-key.pem'))).mode & 0o777).toBe(0o600);
  });

  test('are kept while they are valid and made again where one is broken', async () => {
    const target = join(folder, 'tls');
    const leaf = join(target, 'server.pem');
    await make(target);
    const first = await readFile(leaf, 'utf8');
    await make(target);
    expect(await readFile(leaf, 'utf8')).toBe(first);
    await writeFile(leaf, 'broken');
    await make(target);
    expect(await readFile(leaf, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE/);
  });
});

describe('a lock between processes', () => {
  test('is had by one at a time', async () => {
    const notes = join(folder, 'notes');
    const holder = join(import.meta.dirname, 'fixtures', 'lock-holder.ts');
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => run(process.execPath, [holder, join(folder, 'lock'), notes, name])));
    const lines = (await readFile(notes, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2 * names.length);
    for (let index = 0; index < lines.length; index += 2) {
      expect(lines[index + 1]).toBe(lines[index]?.replace('begins', 'ends'));
    }
  });

  test('is taken over from a process that is gone', async () => {
    const lock = join(folder, 'lock');
    const { pid } = spawnSync('/bin/true');
    await writeFile(lock, `${pid} gone`);
    await expect(
      exclusively(
        lock,
        'testing',
        () => {},
        async () => 'done',
      ),
    ).resolves.toBe('done');
    await expect(stat(lock)).rejects.toThrow('ENOENT');
  });
});
