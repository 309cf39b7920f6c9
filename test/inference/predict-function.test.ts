import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { inference } from '../../contracts/routes/index.ts';
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
  const started = await import('../../functions/inference/predict.ts');
  handler = started.handler as typeof handler;
}, 120_000);

afterAll(async () => {
  await world?.dispose();
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
