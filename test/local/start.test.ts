import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readDeclaration } from '../../examples/diagnosis/rows.ts';
import { temporaryFolder } from '../../local/emulator-environment.ts';
import { root } from '../../local/paths.ts';
import { eventually } from './support/eventually.ts';

jest.setTimeout(180_000);

type Ready = {
  readonly apiUrl: string;
  readonly tenants: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
type Run = {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Of its time so far, the largest part that went by between two lines. */
  readonly longestSilence: () => number;
};

let folder: string;
let readyFile: string;
let run: Run;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relearn-start-'));
  readyFile = join(folder, 'out', 'ready.json');
});

afterAll(async () => {
  run?.child.kill('SIGKILL');
  await eventually(async () => (await processes()).length === 0);
  await rm(folder, { recursive: true, force: true });
});

const start = (...options: string[]): Run => {
  const state = options.includes('--state') ? [] : ['--state', join(folder, 'state')];
  const child = spawn(process.execPath, ['local/start.ts', ...state, ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const started = performance.now();
  let heard = started;
  let silence = 0;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      silence = Math.max(silence, performance.now() - heard);
      heard = performance.now();
    });
  }
  return { child, lines, longestSilence: () => silence / (heard - started) };
};

const ready = async ({ child, lines }: Run): Promise<Ready> =>
  await eventually(async () => {
    if (child.exitCode !== null) {
      throw new Error(`it ended instead of getting ready:\n${lines.join('\n')}`);
    }
    return existsSync(readyFile) ? (JSON.parse(await readFile(readyFile, 'utf8')) as Ready) : undefined;
  }, 150);

/** Processes that have to do with this test's state. */
const processes = async () => {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args']);
  const places = [folder, temporaryFolder(join(folder, 'state', 'emulator'))];
  return stdout.split('\n').filter((line) => places.some((place) => line.includes(place)));
};

const call = async ({ apiUrl, tenants }: Ready, method: string, path: string, body?: object) => {
  const answer = await fetch(`${apiUrl}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${tenants.acme?.operator}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test('npm start brings up everything and says how to use it', async () => {
  run = start('--port', '0', '--ready-file', readyFile);
  const cloud = await ready(run);

  expect(Object.keys(cloud)).toEqual([
    'apiUrl',
    'emulatorUrl',
    'emulatorTlsUrl',
    'caFile',
    'sagemakerUrl',
    'userPoolId',
    'userPoolClientId',
    'tenants',
  ]);
  const roles = {
    app: expect.any(String),
    expert: expect.any(String),
    operator: expect.any(String),
    admin: expect.any(String),
  };
  expect(cloud.tenants).toEqual({ acme: roles, globex: roles });
  expect(run.lines.join('\n')).toContain(`${cloud.apiUrl}/v1`);
  // Silence in seconds is test/local/log.test.ts's affair: here a slow machine would be measured.
  expect(run.longestSilence()).toBeLessThan(1 / 6);

  const unknown = await fetch(`${cloud.apiUrl}/v1/models`, { headers: { authorization: 'Bearer forged' } });
  expect(unknown.status).toBe(401);
  expect(unknown.headers.get('content-type')).toBe('application/problem+json');
  const { status } = await call(cloud, 'PUT', '/models/diagnosis', await readDeclaration());
  expect([200, 201]).toContain(status);
});

test('a second start is refused: its port, its state', async () => {
  const { apiUrl } = await ready(run);
  const refused = async (...options: string[]) => {
    const second = start(...options);
    const [code] = await once(second.child, 'close');
    return { code, said: second.lines.join('\n') };
  };
  const { port } = new URL(apiUrl);
  expect(await refused('--port', port, '--state', join(folder, 'other'))).toEqual({
    code: 1,
    said: expect.stringContaining(`port ${port} is taken by another program: choose a free one with --port N`),
  });
  expect(await refused('--port', '0')).toEqual({
    code: 1,
    said: expect.stringMatching(/another embedded cloud \(process \d+\) uses this state folder.*--state FOLDER/),
  });
});

test('killed, it leaves no process, and the next start has the state', async () => {
  run.child.kill('SIGKILL');
  await eventually(async () => (await processes()).length === 0);
  await rm(readyFile);

  run = start('--port', '0', '--ready-file', readyFile);
  const cloud = await ready(run);

  expect(await call(cloud, 'GET', '/models/diagnosis')).toMatchObject({ status: 200, body: { name: 'diagnosis' } });
});

test('Ctrl-C stops it in order: no process, no ready file, status 0', async () => {
  run.child.kill('SIGINT');
  const [code] = await once(run.child, 'close');
  expect({ code, processes: await processes(), ready: existsSync(readyFile) }).toEqual({
    code: 0,
    processes: [],
    ready: false,
  });
});
