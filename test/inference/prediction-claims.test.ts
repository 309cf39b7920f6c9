import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PredictionClaims } from '../../contracts/inference.ts';
import { openPseudonymise } from '../../functions/cases/intake/pseudonymise.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { keyLabels, openKeyRing } from '../../functions/platform/key-ring.ts';
import { readPredictionId } from '../../functions/platform/prediction-id.ts';
import { openPseudonymStore } from '../../functions/platform/pseudonyms.ts';
import { holdoutOf, inputOf, servableOf, type Trained } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterAll(async () => {
  await world?.dispose();
});

const rollout = `rol_${'0'.repeat(26)}`;
const anInput = (name: Trained) => inputOf(name, holdoutOf(name)[0] as ReturnType<typeof holdoutOf>[number]);

const claimsOf = async (tenant: string, predictionId: string): Promise<PredictionClaims> => {
  const key = await openKeyRing(world.services.hmacKeyId).derive(keyLabels.predictionIds(tenant));
  const claims = readPredictionId(predictionId, key, { tenant, model: 'diagnosis' });
  if (claims === undefined) throw new Error('expected a predictionId that the platform can read');
  return claims;
};

/** Asks a new function, and gives the answer with its claims, and the ms that it took at most. */
const predictedOf = async (tenant: string, input: object, draw = 0) => {
  const { predict, state } = world.startFunction();
  state.draw = draw;
  const start = performance.now();
  const { json } = await predict(tenant, input);
  const milliseconds = performance.now() - start;
  return { ...json, claims: await claimsOf(tenant, json.predictionId), now: state.now, milliseconds };
};

describe('a predictionId', () => {
  test('without a rollout says who answered, when, with what score and how fast, and no more', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { claims, now, probabilities, milliseconds } = await predictedOf(tenant, anInput('logistic'));
    const { n, l, ...rest } = claims;
    const [first] = Object.values<number>(probabilities);
    const p = Math.round((first ?? Number.NaN) * 10_000) / 10_000;
    expect(rest).toEqual({ t: tenant, m: 'diagnosis', v: 'v1.0.0', a: 'champion', i: now, p });
    expect(l).toBeGreaterThanOrEqual(0);
    expect(l).toBeLessThanOrEqual(Math.round(milliseconds));
  });

  test('has the score of the class that the policy names', async () => {
    const [, second = ''] = servableOf('logistic').signature.classes;
    const tenant = await world.newTenant('logistic', { outcomes: { score: second } });
    await world.setRoute(tenant, 'logistic');
    const { claims, probabilities } = await predictedOf(tenant, anInput('logistic'));
    expect(claims.p).toBeCloseTo(probabilities[second], 4);
    expect(claims.p).not.toBeCloseTo(1 - probabilities[second], 4);
  });

  test('has rollout, stage and arm of a request that a challenger answered', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'worse', 10_000);
    const { claims } = await predictedOf(tenant, anInput('logistic'));
    expect(claims).toMatchObject({ v: 'v1.1.0', a: 'challenger', r: rollout, s: 'canary' });
    expect(claims.w).toBeUndefined();
  });

  test('has the version that was asked where the champion answered in its place', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'nan', 10_000);
    const { claims, version } = await predictedOf(tenant, anInput('logistic'));
    expect(version).toBe('v1.0.0');
    expect(claims).toMatchObject({ v: 'v1.0.0', w: 'v1.1.0', a: 'challenger', r: rollout });
  });

  test("has a rival's version under the challenger's arm", async () => {
    const tenant = await world.newTenant();
    for (const name of ['worse', 'throws'] as const) await world.store(tenant, name);
    const rivals = [
      { servable: servableOf('worse', 'v1.2.0'), weight: 2000 },
      { servable: servableOf('throws', 'v1.3.0'), weight: 1000 },
    ];
    await world.challenge(tenant, 'logistic', 'worse', 3000, { rivals, stage: 'bandit' });
    const asked = [];
    for (const draw of [0, 0.3, 0.5, 0.6]) {
      const { claims } = await predictedOf(tenant, anInput('logistic'), draw);
      asked.push([claims.a, claims.w ?? claims.v, claims.v]);
    }
    expect(asked).toEqual([
      ['challenger', 'v1.1.0', 'v1.1.0'],
      ['challenger', 'v1.2.0', 'v1.2.0'],
      ['challenger', 'v1.3.0', 'v1.0.0'],
      ['champion', 'v1.0.0', 'v1.0.0'],
    ]);
  });
});

describe('the subject in a predictionId', () => {
  test('is who the same person is at the door of cases, by the keyed hash alone', async () => {
    const tenant = await world.newTenant('categorical');
    await world.challenge(tenant, 'categorical', 'categorical', 0);
    const pseudonymise = openPseudonymise(world.table, openKeyRing(world.services.hmacKeyId), systemClock);
    const [person] = await pseudonymise(tenant, [{ subject: 'Åsa 17', validator: null }]);
    const { predictionId, claims } = await predictedOf(tenant, {
      ...anInput('categorical'),
      patient: ' A\u030Asa 17 ',
    });
    expect(predictionId).not.toContain('sa 17');
    const mac = Buffer.from(claims.u ?? '', 'base64url').toString('hex');
    const found = await openPseudonymStore(world.table).find(tenant, [{ kind: 'subject', mac }]);
    expect([...found.values()]).toEqual([person?.subject]);
  });

  test.each([
    ['no rollout runs', false, { patient: 'Jane' }],
    ['the request names none', true, {}],
    ['the request names a blank one', true, { patient: ' ' }],
  ])('is not there where %s', async (_, isRunning, subject) => {
    const tenant = await world.newTenant('categorical');
    if (isRunning) await world.challenge(tenant, 'categorical', 'categorical', 0);
    else await world.setRoute(tenant, 'categorical');
    const { claims } = await predictedOf(tenant, { ...anInput('categorical'), ...subject });
    expect(claims.u).toBeUndefined();
  });

  test('costs one secret a tenant', async () => {
    const tenant = await world.newTenant('categorical');
    await world.challenge(tenant, 'categorical', 'categorical', 0);
    const { predict, state, requests } = world.startFunction(2000);
    for (let count = 0; count < 5; count += 1) {
      state.now += 2000;
      await predict(tenant, { ...anInput('categorical'), patient: `patient-${count}` });
    }
    expect(requests.filter(({ service }) => service === 'kms')).toHaveLength(2);
  });
});
