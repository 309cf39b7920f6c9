import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Prediction } from '../../contracts/inference.ts';
import { ProblemDocument } from '../../contracts/problems.ts';
import { keyLabels, openKeyRing } from '../../functions/platform/key-ring.ts';
import { readPredictionId } from '../../functions/platform/prediction-id.ts';
import { holdoutOf, inputOf, servableOf, type Trained } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterAll(async () => {
  await world?.dispose();
});

const inputsOf = (name: Trained) => holdoutOf(name).map((one) => inputOf(name, one));
const [anInput] = inputsOf('logistic') as [ReturnType<typeof inputOf>];

describe('a prediction', () => {
  test.each<Trained>(['logistic', 'xgboost', 'categorical'])('is what Python says of the case: %s', async (name) => {
    const tenant = await world.newTenant(name);
    await world.setRoute(tenant, name);
    const { predict } = world.startFunction();
    for (const one of holdoutOf(name).slice(0, 20)) {
      const { status, json } = await predict(tenant, inputOf(name, one));
      expect(status).toBe(200);
      const { probabilities = {}, label, version, fallback } = Prediction.parse(json);
      const values = Object.values(probabilities);
      for (const [index, value] of values.entries())
        expect(value).toBeCloseTo(one.probabilities[index] ?? Number.NaN, 5);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(probabilities[label]).toBe(Math.max(...values));
      expect({ version, fallback }).toEqual({ version: 'v1.0.0', fallback: false });
    }
  });

  test('carries a predictionId that the platform can read, and nothing of the input', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { predict, state } = world.startFunction();
    const { json } = await predict(tenant, anInput);
    const key = await openKeyRing(world.services.hmacKeyId).derive(keyLabels.predictionIds(tenant));
    const claims = readPredictionId(json.predictionId, key, { tenant, model: 'diagnosis' });
    expect(claims).toMatchObject({ t: tenant, m: 'diagnosis', v: 'v1.0.0', a: 'champion', i: state.now });
    const again = await predict(tenant, anInput);
    expect(again.json.predictionId).not.toBe(json.predictionId);
  });

  test('reads neither table nor bucket while the route is fresh, and writes one short record', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { predict, requests, records } = world.startFunction();
    await predict(tenant, anInput);
    const read = requests.length;
    for (let count = 0; count < 20; count += 1) await predict(tenant, anInput);
    expect(requests.length).toBe(read);
    expect(records).toHaveLength(21);
    expect(Object.keys(records[0] ?? {})).not.toContain('input');
  });

  test('is served at the same moment to many who come to a cold function, from one read', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { predict, requests } = world.startFunction();
    const answers = await Promise.all(inputsOf('logistic').map((input) => predict(tenant, input)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(requests.map(({ service }) => service).sort()).toEqual(['dynamodb', 'kms', 's3']);
  });
});

describe('while a challenger has a share of the requests', () => {
  const subjects = Array.from({ length: 300 }, (_, index) => `patient-${index}`);

  test('a request without a subject goes where the dice say', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'worse', 2500);
    const { predict, state, idle } = world.startFunction();
    await predict(tenant, anInput);
    await idle();
    const versions = [];
    for (const draw of [0, 0.2499, 0.25, 0.9]) {
      state.draw = draw;
      versions.push((await predict(tenant, anInput)).json.version);
    }
    expect(versions).toEqual(['v1.1.0', 'v1.1.0', 'v1.0.0', 'v1.0.0']);
  });

  test('a subject keeps its arm, in any function and while the weight grows', async () => {
    const tenant = await world.newTenant('categorical');
    await world.challenge(tenant, 'categorical', 'categorical', 2500);
    const [given] = inputsOf('categorical');
    const versionsAt = async (weight: number): Promise<string[]> => {
      await world.challenge(tenant, 'categorical', 'categorical', weight);
      const { predict, idle } = world.startFunction();
      await predict(tenant, given);
      await idle();
      const versions = [];
      for (const patient of subjects) versions.push((await predict(tenant, { ...given, patient })).json.version);
      return versions;
    };
    const [quarter, again, half] = [await versionsAt(2500), await versionsAt(2500), await versionsAt(5000)];
    expect(again).toEqual(quarter);
    const chosen = quarter.filter((version) => version === 'v1.1.0').length;
    expect(chosen).toBeGreaterThan(45);
    expect(chosen).toBeLessThan(110);
    expect(quarter.every((version, index) => version === 'v1.0.0' || half[index] === 'v1.1.0')).toBe(true);
  });

  test.each<Trained>(['nan', 'throws'])('one that fails costs no request: %s', async (name) => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', name, 10_000);
    const { predict, records, idle } = world.startFunction();
    await predict(tenant, anInput);
    await idle();
    for (const input of inputsOf('logistic')) {
      const { status, json } = await predict(tenant, input);
      expect({ status, version: json.version, fallback: json.fallback }).toEqual({
        status: 200,
        version: 'v1.0.0',
        fallback: true,
      });
    }
    const malformed = name === 'nan' ? 1 : 0;
    for (const one of records) {
      expect(one).toMatchObject({
        ...{ version: 'v1.0.0', fallback: true },
        rollout: { metrics: { ChallengerFailure: 1, ChallengerMalformed: malformed } },
      });
    }
  });

  test('one whose artifact is not there, or is another, costs no request and counts as failing', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic', {
      challenger: { ...servableOf('worse', 'v1.1.0'), digest: 'f'.repeat(64) },
      weight: 10_000,
      rollout: `rol_${'0'.repeat(26)}`,
    });
    const { predict, records, errors, idle } = world.startFunction();
    for (let count = 0; count < 10; count += 1) expect((await predict(tenant, anInput)).json.fallback).toBe(true);
    await idle();
    expect((await predict(tenant, anInput)).json.version).toBe('v1.0.0');
    expect(records.at(-1)?.rollout?.metrics).toEqual({ ChallengerFailure: 1 });
    expect(errors.join()).toContain('the challenger v1.1.0 cannot be loaded');
  });
});

describe('what cannot be answered gets a problem', () => {
  const problem = (text: string): ProblemDocument => ProblemDocument.parse(JSON.parse(text));

  test('an input with faults: each by its pointer, none with its value', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { predict, records } = world.startFunction();
    const { mean_radius: _, ...rest } = anInput;
    const answer = await predict(tenant, { ...rest, mean_texture: 'Jane Doe', diagnosis: 'Jane Doe' });
    expect(answer).toMatchObject({ status: 422, headers: { 'content-type': 'application/problem+json' } });
    const { type, errors } = problem(answer.text);
    expect(type).toBe('urn:relearn:problem:invalid-input');
    expect(errors?.map(({ pointer }) => pointer)).toEqual([
      '/input/mean_radius',
      '/input/mean_texture',
      '/input/diagnosis',
    ]);
    expect(answer.text).not.toContain('Jane');
    expect(records).toEqual([]);
  });

  test.each([
    ['malformed JSON', { body: '{' }, 400, 'malformed-json'],
    ['no input', { body: {} }, 400, 'invalid-request'],
    ['an input that is a list', { body: { input: [1] } }, 400, 'invalid-request'],
    ['another member', { body: { input: {}, other: 1 } }, 400, 'invalid-request'],
    ['a body that is too large', { body: `{"input":{"a":"${'x'.repeat(1_100_000)}"}}` }, 413, 'payload-too-large'],
    ['another type', { headers: { 'content-type': 'text/csv' } }, 415, 'unsupported-media-type'],
    ['a role that may not predict', { role: 'expert' }, 403, 'forbidden'],
    ['a model that is none', { path: { model: 'other' } }, 404, 'not-found'],
    ['a name that could be a key', { path: { model: 'diagnosis#route' } }, 404, 'not-found'],
  ])('%s', async (_, call, status, code) => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const answer = await world.startFunction().predict(tenant, anInput, call);
    expect({ status: answer.status, type: problem(answer.text).type }).toEqual({
      status,
      type: `urn:relearn:problem:${code}`,
    });
  });

  test('a foreign model exactly as one that does not exist', async () => {
    const [mine, theirs] = [await world.newTenant(), await world.newTenant('xgboost')];
    await world.setRoute(theirs, 'xgboost');
    const { predict } = world.startFunction();
    await predict(theirs, inputsOf('xgboost')[0]);
    const nobody = await predict('nobody', anInput);
    expect(nobody.status).toBe(404);
    expect(await predict('nobody-else', anInput)).toEqual(nobody);
    expect((await predict(mine, anInput)).status).toBe(409);
  });

  test("a digest of another tenant's artifact: it is looked for under the own prefix alone", async () => {
    const [mine, theirs] = [await world.newTenant(), await world.newTenant()];
    await world.store(theirs, 'worse');
    await world.setRoute(mine, 'logistic', { champion: servableOf('worse') });
    const { predict, records } = world.startFunction();
    const answer = await predict(mine, anInput);
    expect({ status: answer.status, type: problem(answer.text).type }).toEqual({
      status: 503,
      type: 'urn:relearn:problem:unavailable',
    });
    expect(records).toMatchObject([{ tenant: mine, fallback: false }]);
    expect(records[0]?.version).toBeUndefined();
  });

  test('a champion that fails: the request is unserved, and said to be', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'throws');
    const { predict, records, errors } = world.startFunction();
    expect((await predict(tenant, anInput)).status).toBe(503);
    expect(records).toMatchObject([{ tenant, fallback: false }]);
    expect(errors.join()).toContain('the champion v1.0.0 of diagnosis failed');
  });

  test('a champion that answers nonsense while a rollout runs: the metrics of its arm say which', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'nan', {
      rollout: `rol_${'0'.repeat(26)}`,
      stage: 'canary',
      challenger: servableOf('worse'),
      weight: 0,
    });
    const { predict, records } = world.startFunction();
    expect((await predict(tenant, anInput)).status).toBe(503);
    expect(records[0]?.rollout?.metrics).toMatchObject({ ChampionFailure: 1, ChampionMalformed: 1 });
  });
});
