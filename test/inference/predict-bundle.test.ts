import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Prediction } from '../../contracts/inference.ts';
import { bundleFunctions, writeBundles } from '../../infra/platform/bundles.ts';
import { clientOptions } from '../../local/aws-clients.ts';
import { python } from '../../local/paths.ts';
import { eventually } from '../local/support/eventually.ts';
import { createRole, invoke } from '../local/support/functions.ts';
import { lasting } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;
const name = 'predict';

/** The bundle as the stack deploys it, with onnxruntime beside it, as an archive. */
const archiveOfBundle = async (): Promise<Uint8Array> => {
  const folder = await mkdtemp(join(tmpdir(), 'predict-bundle-'));
  try {
    writeBundles(await bundleFunctions(['inference/predict']), folder);
    const archive = join(folder, 'code.zip');
    const code = join(folder, 'inference/predict');
    const contents = ['index.mjs', 'node_modules'].map((path) => join(code, path));
    await promisify(execFile)(python, ['-m', 'zipfile', '-c', archive, ...contents]);
    return await readFile(archive);
  } finally {
    await rm(folder, { recursive: true });
  }
};

beforeAll(async () => {
  world = await startInference();
  const { emulator, tableName, bucketName, hmacKeyId } = world.services;
  const Action = ['dynamodb:BatchGetItem', 'dynamodb:Query', 's3:GetObject', 'kms:GenerateMac'];
  const role = await createRole(emulator, name, 'lambda.amazonaws.com', [{ Effect: 'Allow', Action, Resource: '*' }]);
  await new LambdaClient(clientOptions(emulator)).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 20,
      Environment: {
        Variables: { CODE_VERSION: 'test', TABLE_NAME: tableName, BUCKET_NAME: bucketName, HMAC_KEY_ID: hmacKeyId },
      },
      Code: { ZipFile: await archiveOfBundle() },
    }),
  );
}, 120_000);

afterAll(async () => {
  await world?.dispose();
});

const predict = async (tenant: string, milliseconds = 0): Promise<Prediction> => {
  const { failed, payload } = await invoke(world.services.emulator, name, {
    version: '2.0',
    headers: { 'content-type': 'application/json' },
    requestContext: {
      requestId: 'request-1',
      authorizer: { jwt: { claims: { token_use: 'access', sub: 'user-1', tenant, role: 'app' } } },
    },
    pathParameters: { model: 'diagnosis' },
    body: JSON.stringify({ input: lasting(milliseconds) }),
  });
  expect({ failed, statusCode: payload.statusCode }).toEqual({ failed: false, statusCode: 200 });
  return JSON.parse(payload.body);
};

/** The lines of the function's log that are metrics of this tenant. */
const linesOf = async (tenant: string) => {
  const logs = new CloudWatchLogsClient(clientOptions(world.services.emulator));
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }));
  return events
    .map(({ message = '' }) => message)
    .filter((message) => message.includes('"_aws"'))
    .map((message) => JSON.parse(message))
    .filter((line) => line.tenant === tenant);
};

describe('the bundle as the embedded cloud runs it', () => {
  test('answers from the champion on its main thread and from the challenger in another', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'worse', 5000, { timeoutMilliseconds: 15_000 });
    const versions = new Set<string>();
    for (let count = 0; count < 40; count += 1) {
      const { version, fallback } = await predict(tenant);
      expect(fallback).toBe(false);
      versions.add(version);
    }
    expect([...versions].sort()).toEqual(['v1.0.0', 'v1.1.0']);
  });

  test('outlives a challenger that hangs, and falls back', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'patient', 10_000, { timeoutMilliseconds: 1500 });
    const untilAsked = () => eventually(async () => (await predict(tenant)).version === 'v1.1.0', 60);
    await untilAsked();
    for (let count = 0; count < 10; count += 1) {
      expect(await predict(tenant, 3500)).toMatchObject({ version: 'v1.0.0', fallback: true });
    }
    await untilAsked();
  }, 180_000);

  test('logs what a challenger in shadow makes of requests, beside the predictions', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'worse', 0);
    const lines = await eventually(async () => {
      expect((await predict(tenant)).version).toBe('v1.0.0');
      const found = await linesOf(tenant);
      return found.filter(({ shadow }) => shadow).length >= 5 ? found : undefined;
    }, 50);
    for (const line of lines) {
      expect(line).toMatchObject(
        line.shadow
          ? { stage: 'shadow', asked: 'v1.1.0', ChallengerFailure: 0 }
          : { stage: 'shadow', arm: 'champion', version: 'v1.0.0', ChampionFailure: 0, Unserved: 0 },
      );
    }
  });
});
