import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PredictionClaims } from '../../contracts/inference.ts';
import { inference } from '../../contracts/routes/index.ts';
import { type Outcomes, openOutcomes } from '../../functions/inference/index.ts';
import { keyLabels, openKeyRing } from '../../functions/platform/key-ring.ts';
import { signPredictionId } from '../../functions/platform/prediction-id.ts';
import { openTable } from '../../functions/platform/table.ts';
import { type ApiAnswer, callApi } from '../support/call-api.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let outcomes: Outcomes;
let handler: Parameters<typeof callApi>[0];
let model: string;
let models = 0;
let nonces = 0;

beforeAll(async () => {
  services = await startTestServices();
  Object.assign(process.env, { TABLE_NAME: services.tableName, HMAC_KEY_ID: services.hmacKeyId });
  outcomes = openOutcomes(openTable(services.tableName));
  ({ handler } = await import('../../functions/inference/api.ts'));
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

/** A predictionId as the predict function gives it, for a model of its own. */
const predictionOf = async (change: Partial<PredictionClaims> = {}): Promise<string> => {
  models += 1;
  nonces += 1;
  model = `model-${models}`;
  const key = await openKeyRing(services.hmacKeyId).derive(keyLabels.predictionIds('acme'));
  return signPredictionId({ t: 'acme', m: model, v: 'v1.0.0', a: 'champion', i: 1, n: `n${nonces}`, ...change }, key);
};
const post = (body: object): Promise<ApiAnswer> =>
  callApi(handler, inference.postOutcome, { role: 'app', path: { model }, body });

describe('an outcome', () => {
  test('is counted for the version that its predictionId names', async () => {
    const predictionId = await predictionOf({ v: 'v1.3.0' });
    const answer = await post({ predictionId, reward: 0.75 });
    expect(answer).toMatchObject({
      status: 202,
      json: { predictionId, version: 'v1.3.0', reward: 0.75, counted: true },
    });
    expect(await outcomes.totals('acme', model)).toEqual([{ version: 'v1.3.0', count: 1, rewards: 0.75 }]);
  });

  test('is counted once, however often it is sent and however many send it at once', async () => {
    const predictionId = await predictionOf();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post({ predictionId, reward: 1 })));
    answers.push(await post({ predictionId, reward: 1 }));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(answers.filter(({ json }) => json.counted)).toHaveLength(1);
    expect(await outcomes.totals('acme', model)).toEqual([{ version: 'v1.0.0', count: 1, rewards: 1 }]);
  });

  test('of other predictions adds up, also where they come at once', async () => {
    await predictionOf();
    const here = model;
    const rewards = [0, 1, 0.5, 1, 0.25, 0];
    await Promise.all(
      rewards.map((reward, index) =>
        outcomes.count('acme', here, { nonce: `many-${index}`, version: 'v1.0.0', reward }),
      ),
    );
    expect(await outcomes.totals('acme', here)).toEqual([{ version: 'v1.0.0', count: 6, rewards: 2.75 }]);
  });

  test('that contradicts the one that was counted is refused and changes nothing', async () => {
    const predictionId = await predictionOf();
    await post({ predictionId, reward: 1 });
    expect(await post({ predictionId, reward: 0 })).toMatchObject({
      status: 409,
      json: { type: 'urn:relearn:problem:outcome-conflict', detail: expect.stringContaining('1') },
    });
    expect(await outcomes.totals('acme', model)).toMatchObject([{ count: 1, rewards: 1 }]);
  });

  test.each<[string, Partial<PredictionClaims>]>([
    ['another tenant', { t: 'other' }],
    ['another model', { m: 'other' }],
  ])('of a prediction of %s is refused', async (_, change) => {
    const predictionId = await predictionOf(change);
    expect(await post({ predictionId, reward: 1 })).toMatchObject({
      status: 422,
      json: { type: 'urn:relearn:problem:invalid-prediction-id' },
    });
    expect(await outcomes.totals('acme', model)).toEqual([]);
  });

  test('of a forged predictionId is refused', async () => {
    const [payload] = (await predictionOf()).split('.');
    for (const predictionId of [`${payload}.${'A'.repeat(43)}`, 'prd_0123456789', `${payload}`]) {
      expect((await post({ predictionId, reward: 1 })).status).toBe(422);
    }
    expect(await outcomes.totals('acme', model)).toEqual([]);
  });

  test.each([{ reward: 1.5 }, { reward: -0.1 }, {}, { reward: 1, note: 'x' }])(
    'that does not fit is refused: %j',
    async (body) => {
      const predictionId = await predictionOf();
      expect((await post({ predictionId, ...body })).status).toBe(400);
    },
  );
});
