import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PredictionClaims } from '../../../contracts/inference.ts';
import { inference } from '../../../contracts/routes/index.ts';
import { logger } from '../../../functions/platform/telemetry.ts';
import { type ApiAnswer, callApi } from '../../support/call-api.ts';
import { type Begun, startOutcomes, type World } from './world.ts';

let world: World;
let handler: Parameters<typeof callApi>[0];

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  world = await startOutcomes();
  ({ handler } = await import('../../../functions/inference/api.ts'));
}, 120_000);
afterAll(() => world?.services.dispose());

const post = ({ model }: Begun, body: unknown, headers = {}): Promise<ApiAnswer> =>
  callApi(handler, inference.postOutcome, { role: 'app', path: { model }, body, headers });
const problem = (code: string) => ({ type: `urn:relearn:problem:${code}` });

describe('an outcome', () => {
  test('is counted for the version that its predictionId names', async () => {
    const begun = await world.begin();
    const predictionId = await begun.predictionOf({ v: 'v1.3.0', p: 0.25 });
    expect(await post(begun, { predictionId, reward: 0.75 })).toMatchObject({
      status: 202,
      json: { predictionId, version: 'v1.3.0', reward: 0.75, counted: true, corrected: false, evidence: 'none' },
    });
    expect(await begun.days()).toMatchObject([
      { version: 'v1.3.0', count: 1, rewards: 0.75, positives: 1, scored: 1, scores: 0.25 },
    ]);
  });

  test('is counted once, however often it is sent and however many send it at once', async () => {
    const begun = await world.begin();
    const predictionId = await begun.assigned();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(begun, { predictionId, reward: 1 })));
    answers.push(await post(begun, { predictionId, reward: 1 }));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(answers.filter(({ json }) => json.counted)).toHaveLength(1);
    expect(answers.map(({ json }) => json.evidence)).toEqual(answers.map(() => 'counts'));
    expect(await begun.days()).toMatchObject([{ count: 1, rewards: 1 }]);
    expect(await begun.evidence()).toHaveLength(1);
  });

  test('that contradicts the one that stands is refused, changes nothing, and is told how to correct', async () => {
    const begun = await world.begin();
    const predictionId = await begun.assigned();
    await post(begun, { predictionId, reward: 1 });
    const { status, json } = await post(begun, { predictionId, reward: 0 });
    expect({ status, json }).toMatchObject({ status: 409, json: problem('outcome-conflict') });
    expect(json.detail).toMatch(/Expected 1.*got 0.*"correction": true/);
    expect(await begun.days()).toMatchObject([{ count: 1, rewards: 1 }]);
    expect(await begun.evidence()).toMatchObject([{ reward: 1 }]);
  });

  test.each<[string, Partial<PredictionClaims>]>([
    ['another tenant', { t: 'other' }],
    ['another model', { m: 'other' }],
    ['tomorrow', { i: Date.now() + 86_400_000 }],
  ])('of a prediction of %s is refused', async (_, change) => {
    const begun = await world.begin();
    const predictionId = await begun.predictionOf(change);
    expect(await post(begun, { predictionId, reward: 1 })).toMatchObject({
      status: 422,
      json: problem('invalid-prediction-id'),
    });
    expect(await begun.days()).toEqual([]);
  });

  test('of a forged or altered predictionId is refused', async () => {
    const begun = await world.begin();
    const predictionId = await begun.assigned({ a: 'challenger' });
    const forged = [
      predictionId.slice(0, -43) + 'A'.repeat(43),
      predictionId.replace('challenger', 'champion'),
      predictionId.replace('canary', 'canary2'),
      'prd_0123456789',
      'no prediction',
    ];
    for (const id of forged) {
      expect(await post(begun, { predictionId: id, reward: 1 })).toMatchObject({
        status: 422,
        json: problem('invalid-prediction-id'),
      });
    }
    expect(await begun.days()).toEqual([]);
    expect(await begun.evidence()).toEqual([]);
  });

  test.each([{ reward: 1.5 }, { reward: -0.1 }, { reward: '1' }, { reward: null }, {}])(
    'whose reward is not between 0 and 1 is refused with its place: %j',
    async (body) => {
      const begun = await world.begin();
      const { status, json } = await post(begun, { predictionId: await begun.predictionOf(), ...body });
      expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ pointer: '/reward' }] } });
      expect(await begun.days()).toEqual([]);
    },
  );

  test.each(['NaN', 'Infinity', '1e999'])('whose reward is %s is refused', async (reward) => {
    const begun = await world.begin();
    const text = `{"predictionId":"${await begun.predictionOf()}","reward":${reward}}`;
    expect((await post(begun, text)).status).toBe(400);
    expect(await begun.days()).toEqual([]);
  });

  test('older than the policy takes is refused, and one within is not', async () => {
    const begun = await world.begin({ windowSeconds: 60, maximumAgeSeconds: 600 });
    const [old, young] = [Date.now() - 630_000, Date.now() - 570_000];
    const late = await post(begun, { predictionId: await begun.assigned({ i: old }), reward: 1 });
    expect(late).toMatchObject({ status: 422, json: problem('outcome-too-late') });
    expect(late.json.detail).toContain('600 s');
    const kept = await post(begun, { predictionId: await begun.assigned({ i: young }), reward: 1 });
    expect(kept).toMatchObject({ status: 202, json: { counted: true, evidence: 'too-late' } });
    expect(await begun.days()).toMatchObject([{ count: 1 }]);
    expect(await begun.evidence()).toEqual([]);
  });

  test('of an unknown model is answered as such', async () => {
    const begun = await world.begin();
    const predictionId = await begun.predictionOf({ m: 'nothing' });
    const answer = await callApi(handler, inference.postOutcome, {
      role: 'app',
      path: { model: 'nothing' },
      body: { predictionId, reward: 1 },
    });
    expect(answer).toMatchObject({ status: 404, json: problem('not-found') });
  });

  test('that is sent again under its Idempotency-Key is answered as it was', async () => {
    const begun = await world.begin();
    const body = { predictionId: await begun.assigned({ u: 'x'.repeat(43) }), reward: 1 };
    const headers = { 'idempotency-key': 'key-1' };
    const first = await post(begun, body, headers);
    expect(first.json).toMatchObject({ predictionId: body.predictionId, counted: true });
    expect(await post(begun, body, headers)).toMatchObject({ status: 202, json: first.json });
    // What is kept for it holds no predictionId, which has a keyed hash of a person in it.
    expect(JSON.stringify(await world.items())).not.toContain(body.predictionId);
    const other = await post(begun, { ...body, reward: 0 }, headers);
    expect(other).toMatchObject({ status: 409, json: problem('idempotency-mismatch') });
  });
});
