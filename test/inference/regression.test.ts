import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Prediction } from '../../contracts/inference.ts';
import { InvalidInputError, ModelFailureError, openGraph } from '../../functions/inference/index.ts';
import { keyLabels, openKeyRing } from '../../functions/platform/key-ring.ts';
import { readPredictionId } from '../../functions/platform/prediction-id.ts';
import { graphOf, type HoldoutCase, holdoutOf, inputOf, schemaOf, servableOf, tensorsOf } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterEach(() => world.endFunctions());

afterAll(async () => {
  await world?.dispose();
});

const held = holdoutOf('regression');
const inputs = held.map((one) => inputOf('regression', one));
const [anInput] = inputs as [(typeof inputs)[number]];
const { signature } = servableOf('regression');
const loaded = () => openGraph(graphOf('regression'), signature);

describe('a prediction of a number', () => {
  test('is what Python says of the case, and has no probabilities', async () => {
    const tenant = await world.newTenant('regression');
    await world.setRoute(tenant, 'regression');
    const { predict } = world.startFunction();
    for (const [index, input] of inputs.slice(0, 20).entries()) {
      const { status, json } = await predict(tenant, input);
      expect(status).toBe(200);
      const { label } = Prediction.parse(json);
      expect(json).not.toHaveProperty('probabilities');
      expect(label).toBeCloseTo(held[index]?.value ?? Number.NaN, 4);
    }
  });

  test('has a predictionId without a score', async () => {
    const tenant = await world.newTenant('regression');
    await world.setRoute(tenant, 'regression');
    const { predict, state } = world.startFunction();
    const { json } = await predict(tenant, anInput);
    const key = await openKeyRing(world.services.hmacKeyId).derive(keyLabels.predictionIds(tenant));
    const { n, l, ...claims } = readPredictionId(json.predictionId, key, { tenant, model: 'diagnosis' }) ?? {};
    expect(claims).toEqual({ t: tenant, m: 'diagnosis', v: 'v1.0.0', a: 'champion', i: state.now });
    expect([n, l]).toEqual([expect.any(String), expect.any(Number)]);
  });

  test('reads a text in any case and a time in any offset alike', async () => {
    const model = loaded();
    const schema = schemaOf('regression');
    const variants = [
      { note: 'near the park', soldAt: '2026-01-02T06:00:00Z' },
      { note: 'Near the PARK', soldAt: '2026-01-02T08:00:00+02:00' },
    ].map((change) => ({ ...anInput, ...change }));
    const [one, other] = await model.predict(variants, schema);
    expect(one?.label).toBe(other?.label);
    const [without, later] = await model.predict(
      [
        { ...variants[0], note: null },
        { ...variants[0], soldAt: '2026-01-12T06:00:00Z' },
      ],
      schema,
    );
    expect(Number(one?.label) - Number(without?.label)).toBeCloseTo(9, 4);
    expect(Number(later?.label) - Number(one?.label)).toBeCloseTo(0.2, 4);
  });

  test.each([
    [{ note: 7 }, '/input/note'],
    [{ note: 'x'.repeat(4001) }, '/input/note'],
    [{ soldAt: '02.01.2026' }, '/input/soldAt'],
    [{ soldAt: 20_000 }, '/input/soldAt'],
  ])('is refused, and no value repeated, for %j', async (change, pointer) => {
    const tenant = await world.newTenant('regression');
    await world.setRoute(tenant, 'regression');
    const { predict } = world.startFunction();
    const { status, json } = await predict(tenant, { ...anInput, ...change });
    expect({ status, pointers: json.errors.map((error: { pointer: string }) => error.pointer) }).toEqual({
      status: 422,
      pointers: [pointer],
    });
    await expect(loaded().predict([{ ...anInput, ...change }], schemaOf('regression'))).rejects.toThrow(
      InvalidInputError,
    );
  });
});

describe('while a challenger has a share of the requests', () => {
  test('no score is told of either arm, and whoever answers answers with a number', async () => {
    const tenant = await world.newTenant('regression');
    await world.challenge(tenant, 'regression', 'regression-worse', 5000);
    const { predict, records, state, idle } = world.startFunction();
    await predict(tenant, anInput);
    await idle();
    for (const draw of [0, 0.9]) {
      state.draw = draw;
      expect((await predict(tenant, anInput)).json.label).toEqual(expect.any(Number));
    }
    const [challenger, champion] = records.slice(-2).map(({ rollout }) => rollout?.metrics ?? {});
    expect(challenger).toMatchObject({ ChallengerFailure: 0, ChallengerMalformed: 0 });
    expect(champion).toMatchObject({ ChampionFailure: 0, ChampionMalformed: 0 });
    expect(Object.keys({ ...challenger, ...champion }).filter((name) => name.includes('Score'))).toEqual([]);
  });

  test('versions in shadow disagree where their numbers are further apart than the tolerance', async () => {
    const tenant = await world.newTenant('regression');
    await world.challenge(tenant, 'regression', 'regression-worse', 0);
    const { predict, shadows, idle } = world.startFunction();
    await predict(tenant, anInput);
    await idle();
    shadows.length = 0;
    const worse = holdoutOf('regression-worse');
    const apart = (one: HoldoutCase, index: number): number => Math.abs((one.value ?? 0) - (worse[index]?.value ?? 0));
    const expected = held.map((one, index) => Number(apart(one, index) > 5));
    for (const input of inputs) {
      await predict(tenant, input);
      await idle();
    }
    expect(shadows.map(({ metrics }) => metrics.Disagreement)).toEqual(expected);
    expect(new Set(expected).size).toBe(2);
  });
});

describe('a graph that predicts a number', () => {
  test('gives each row alone what it gives it among others', () => {
    const model = loaded();
    const together = model.run(tensorsOf(held));
    expect(together.map(({ label }) => label)).toEqual(held.map((one) => model.run(tensorsOf([one]))[0]?.label));
    expect(together.every(({ probabilities }) => probabilities === undefined)).toBe(true);
  });

  test('answers malformed where the number is none', () => {
    const model = loaded();
    const [one] = held as [HoldoutCase];
    const run = () => model.run(tensorsOf([{ ...one, numeric: [Number.POSITIVE_INFINITY, 0, 0] }]));
    expect(run).toThrow(ModelFailureError);
    expect(run).toThrow('expected a finite one, got Infinity');
  });

  test('fits no signature with classes, and one of classes none without', () => {
    const classes = ['a', 'b'];
    expect(() => openGraph(graphOf('regression'), { ...signature, classes })).toThrow('2 classes, got 3, 2 and 0');
    const { signature: ofClasses } = servableOf('logistic');
    expect(() => openGraph(graphOf('logistic'), { ...ofClasses, classes: [] })).toThrow('0 classes, got 30, 0 and 2');
  });
});

describe('decision weights', () => {
  const { signature: ofClasses } = servableOf('logistic');
  const cases = holdoutOf('logistic');

  test.each([[[1, 1]], [[3, 1]], [[1, 50]]])('%j choose the class with the largest product', (weights) => {
    const answers = openGraph(graphOf('logistic'), { ...ofClasses, weights }).run(tensorsOf(cases));
    const [first = 1, second = 1] = weights;
    for (const [index, { label, probabilities }] of answers.entries()) {
      const [p = 0, q = 0] = cases[index]?.probabilities ?? [];
      expect(label).toBe(ofClasses.classes[Number(second * q > first * p)]);
      expect(probabilities?.[0]).toBeCloseTo(p, 5);
    }
  });

  test('decide the label of the API, and leave its probabilities as they are', async () => {
    const tenant = await world.newTenant();
    const servable = servableOf('logistic');
    const weights = [1e6, 1];
    await world.setRoute(tenant, 'logistic', { champion: { ...servable, signature: { ...ofClasses, weights } } });
    const { predict } = world.startFunction();
    const second = cases.filter(({ label }) => label === ofClasses.classes[1]).slice(0, 5);
    for (const one of second) {
      const { json } = await predict(tenant, inputOf('logistic', one));
      const { label, probabilities = {} } = Prediction.parse(json);
      const [p = 0, q = 0] = one.probabilities;
      expect(label).toBe(ofClasses.classes[Number(q > 1e6 * p)]);
      expect(Object.values(probabilities)[0]).toBeCloseTo(p, 5);
    }
  });

  test('of another number than classes fit no graph', () => {
    expect(() => openGraph(graphOf('logistic'), { ...ofClasses, weights: [1] })).toThrow('Deploy another version');
  });
});
