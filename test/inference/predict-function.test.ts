import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { inference } from '../../contracts/routes/index.ts';
import { recordPrediction } from '../../functions/inference/prediction-metrics.ts';
import { callApi } from '../support/call-api.ts';
import { holdoutOf, inputOf, type Trained } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;
let handler: Parameters<typeof callApi>[0];
let tenant: string;

beforeAll(async () => {
  world = await startInference();
  tenant = await world.newTenant();
  await world.setRoute(tenant, 'logistic');
  const { tableName, bucketName, hmacKeyId } = world.services;
  Object.assign(process.env, { TABLE_NAME: tableName, BUCKET_NAME: bucketName, HMAC_KEY_ID: hmacKeyId });
  ({ handler } = await import('../../functions/inference/predict.ts'));
}, 120_000);

afterAll(async () => {
  await world?.services.dispose();
});

const printed: string[] = [];

/** What is printed from here on, to the end of the test. */
const listen = (): void => {
  printed.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
};

afterEach(() => {
  jest.restoreAllMocks();
});

const ask = (name: Trained) =>
  callApi(handler, inference.postPrediction, {
    tenant,
    role: 'app',
    path: { model: 'diagnosis' },
    body: { input: inputOf(name, holdoutOf(name)[0] as ReturnType<typeof holdoutOf>[number]) },
  });

describe('the predict function as it is deployed', () => {
  test('answers by its own configuration', async () => {
    listen();
    const answer = await ask('logistic');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  });

  test('prints one line a request, of at most 300 bytes, from which CloudWatch takes latency and unserved requests', async () => {
    listen();
    await ask('logistic');
    expect(printed).toHaveLength(1);
    expect(printed[0]?.length).toBeLessThanOrEqual(300);
    const line = JSON.parse(printed[0] ?? '');
    expect(line).toMatchObject({ tenant, model: 'diagnosis', version: 'v1.0.0', Unserved: 0 });
    expect(line.PredictionLatency).toBeGreaterThan(0);
    expect(line._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'Relearn',
        Dimensions: [[]],
        Metrics: [
          { Name: 'PredictionLatency', Unit: 'Milliseconds' },
          { Name: 'Unserved', Unit: 'Count' },
        ],
      },
    ]);
  });
});

describe('the line of a prediction', () => {
  const rollout = 'rol_01J9Z3ABCDEFGHJKMNPQRSTVWX';
  const base = { tenant: 'acme', model: 'diagnosis', version: 'v1.0.0', milliseconds: 0.12345, fallback: false };
  const lineOf = (record: Parameters<typeof recordPrediction>[1]) => {
    listen();
    recordPrediction(1_700_000_000_000, record);
    return JSON.parse(printed[0] ?? '');
  };
  const namesOf = (line: ReturnType<typeof lineOf>): string[] =>
    line._aws.CloudWatchMetrics[0].Metrics.map(({ Name }: { Name: string }) => Name);

  test("has the rollout's own namespace while one runs", () => {
    const line = lineOf({ ...base, rollout });
    expect(line._aws.CloudWatchMetrics[0].Namespace).toBe(`Relearn/Rollouts/${rollout}`);
    expect(line).toMatchObject({ Fallback: 0, PredictionLatency: 0.123 });
    expect(namesOf(line)).not.toContain('ChallengerFailure');
  });

  test('tells of the challenger only where it was asked', () => {
    const line = lineOf({ ...base, rollout, fallback: true, challenger: { failed: true, milliseconds: 0.05 } });
    expect(line).toMatchObject({ Fallback: 1, ChallengerFailure: 1, ChallengerLatency: 0.05 });
    expect(line._aws.CloudWatchMetrics[0].Metrics).toContainEqual({
      Name: 'ChallengerFailure',
      Unit: 'Count',
      StorageResolution: 1,
    });
    expect(namesOf(line).every((name) => typeof line[name] === 'number')).toBe(true);
  });

  test('tells of a request that nobody answered', () => {
    expect(lineOf({ ...base, version: undefined })).toMatchObject({ Unserved: 1 });
  });
});
