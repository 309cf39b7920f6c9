import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../local/support/eventually.ts';
import { lasting } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;
let sandbox: ChildProcess;
let printed = '';

beforeAll(async () => {
  world = await startInference();
  const { emulator, tableName, bucketName, hmacKeyId } = world.services;
  sandbox = fork(`${import.meta.dirname}/fixtures/predict-process.ts`, {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...{ PATH: process.env.PATH, TABLE_NAME: tableName, BUCKET_NAME: bucketName, HMAC_KEY_ID: hmacKeyId },
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', CODE_VERSION: 'test' },
      ...{ AWS_ENDPOINT_URL: emulator.emulatorUrl, NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS },
    },
  });
  sandbox.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await once(sandbox, 'message');
}, 120_000);

afterAll(async () => {
  sandbox?.kill('SIGKILL');
  await world?.dispose();
});

/** What the sandbox says, of `kind`. */
const said = async (kind: 'running' | 'answer') => {
  for await (const [message] of on(sandbox, 'message')) {
    if ((message === 'running') === (kind === 'running')) return message;
  }
};

const predict = async (tenant: string, milliseconds: number) => {
  const answered = said('answer');
  sandbox.send({
    headers: { 'content-type': 'application/json' },
    requestContext: {
      requestId: 'request-1',
      authorizer: { jwt: { claims: { token_use: 'access', sub: 'user-1', tenant, role: 'app' } } },
    },
    pathParameters: { model: 'diagnosis' },
    body: JSON.stringify({ input: lasting(milliseconds) }),
  });
  expect(await answered).toMatchObject({ statusCode: 200 });
};

const shadowLines = () =>
  printed
    .split('\n')
    .filter((line) => line.includes('"shadow":true'))
    .map((line) => JSON.parse(line));

test('a sandbox that is frozen in the middle of a shadow request makes no challenger slow', async () => {
  const tenant = await world.newTenant();
  await world.challenge(tenant, 'logistic', 'patient', 0, { timeoutMilliseconds: 2500, slowMilliseconds: 2000 });
  await predict(tenant, 0);
  await eventually(async () => shadowLines().length === 1);

  const running = said('running');
  await predict(tenant, 500);
  await running;
  sandbox.kill('SIGSTOP');
  // Longer than the challenger may take.
  await setTimeout(3000);
  const frozen = shadowLines().slice(1);
  sandbox.kill('SIGCONT');

  await eventually(async () => shadowLines().length > 1);
  expect(frozen).toEqual([]);
  const [line] = shadowLines().slice(1);
  expect(line).toMatchObject({ ChallengerFailure: 0, ChallengerSlow: 0 });
  expect(line.ChallengerLatency).toBeGreaterThan(50);
});

test('a process that has nothing else to do is not kept alive by its thread', async () => {
  expect(shadowLines().length).toBeGreaterThan(0);
  sandbox.disconnect();
  expect(await once(sandbox, 'exit')).toEqual([0, null]);
});
