import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openOnnxSession } from '../../functions/inference/onnx-session.ts';
import {
  graphOf,
  type HoldoutCase,
  holdoutOf,
  inputOf,
  lasting,
  servableOf,
  tensorsOf,
  type Version,
} from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;
jest.setTimeout(180_000);

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterEach(async () => {
  await world.endFunctions();
});

afterAll(async () => {
  await world?.dispose();
});

const cases = holdoutOf('logistic');
const inputs = cases.map((one) => inputOf('logistic', one));
const [anInput] = inputs as [(typeof inputs)[number]];
/** Far beyond what hangs: 1,000 ms of the processor. */
const hanging = lasting(2500);

/** A function with a challenger in shadow, in memory; its first result has come and is forgotten. */
const startShadow = async (challenger: Version, change: Parameters<World['challenge']>[4] = {}) => {
  const tenant = await world.newTenant();
  await world.challenge(tenant, 'logistic', challenger, 0, change);
  const started = world.startFunction(60_000);
  const ask = async (input: object) => (await started.predict(tenant, input)).json;
  await ask(anInput);
  await started.idle();
  expect(started.shadows.length).toBeLessThanOrEqual(1);
  started.shadows.length = 0;
  started.records.length = 0;
  return { ...started, tenant, ask };
};

/** The class and the first class's probability, as the graph itself gives them. */
const answerOf = (name: Version, one: HoldoutCase) => {
  const [first = 0, second = 0] = openOnnxSession(graphOf(name), 1).run(tensorsOf([one]));
  return { place: first >= second ? 0 : 1, score: Math.round(first * 10_000) / 10_000 };
};

describe('in shadow', () => {
  test('a challenger is given each request, and what it makes of it is told, but to nobody who asked', async () => {
    const { ask, idle, shadows, records, tenant } = await startShadow('worse');
    for (const [index, input] of inputs.entries()) {
      expect(await ask(input)).toMatchObject({ version: 'v1.0.0', fallback: false });
      await idle();
      expect(shadows).toHaveLength(index + 1);
      const [champion, challenger] = [
        answerOf('logistic', cases[index] as HoldoutCase),
        answerOf('worse', cases[index] as HoldoutCase),
      ];
      expect(shadows[index]).toMatchObject({
        ...{ tenant, model: 'diagnosis', rollout: `rol_${'0'.repeat(26)}`, stage: 'shadow', asked: 'v1.1.0' },
        metrics: {
          ...{ ChallengerFailure: 0, ChallengerMalformed: 0, ChallengerSlow: 0, ChallengerScore: challenger.score },
          Disagreement: champion.place === challenger.place ? 0 : 1,
        },
      });
    }
    const disagreements = shadows.filter(({ metrics }) => metrics.Disagreement === 1).length;
    expect(disagreements).toBeGreaterThan(0);
    expect(disagreements).toBeLessThan(inputs.length);
    expect(records.map(({ rollout }) => rollout?.arm)).toEqual(inputs.map(() => 'champion'));
  });

  test.each<[Version, number]>([
    ['nan', 1],
    ['throws', 0],
  ])('one that fails is found out: %s', async (name, malformed) => {
    const { ask, idle, shadows } = await startShadow(name);
    expect(await ask(anInput)).toMatchObject({ version: 'v1.0.0', fallback: false });
    await idle();
    expect(shadows).toHaveLength(1);
    expect(shadows[0]?.metrics).toMatchObject({ ChallengerFailure: 1, ChallengerMalformed: malformed });
    expect(shadows[0]?.metrics).not.toHaveProperty('Disagreement');
  });

  test('one whose artifact is not there is found out', async () => {
    const { ask, idle, shadows } = await startShadow('worse', {
      challenger: { ...servableOf('worse', 'v1.1.0'), digest: 'f'.repeat(64) },
    });
    await ask(anInput);
    await idle();
    expect(shadows.map(({ metrics }) => metrics)).toEqual([{ ChallengerFailure: 1 }]);
  });

  test('one that hangs is found out by the processor time that it takes, and rests', async () => {
    const change = { timeoutMilliseconds: 200, slowMilliseconds: 100 };
    const { ask, idle, shadows, errors } = await startShadow('patient', change);
    await ask(hanging);
    await idle();
    expect(errors.join()).toContain('the challenger v1.1.0 hangs');
    await ask(anInput);
    await idle();
    expect(shadows).toHaveLength(2);
    expect(shadows[0]?.metrics).toMatchObject({ ChallengerFailure: 1, ChallengerMalformed: 0, ChallengerSlow: 1 });
    expect(shadows[1]?.metrics).toEqual({ ChallengerFailure: 1 });
  });

  test('an answer that comes too late for anybody who had waited is a failure', async () => {
    const { ask, idle, shadows, errors } = await startShadow('patient', { timeoutMilliseconds: 30 });
    for (const input of [lasting(150), anInput]) {
      await ask(input);
      await idle();
    }
    expect(shadows).toMatchObject([
      { metrics: { ChallengerFailure: 1, ChallengerMalformed: 0 } },
      { metrics: { ChallengerFailure: 0 } },
    ]);
    expect(shadows[0]?.metrics.ChallengerLatency).toBeGreaterThan(30);
    expect(errors).toEqual([]);
  });

  test('the answer is the same, and waits for nothing, while a challenger is busy or hangs', async () => {
    const alone = world.startFunction(60_000);
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    for (const [change, busy] of [
      [{}, lasting(1000)],
      [{ timeoutMilliseconds: 100 }, hanging],
    ] as const) {
      const { ask, idle, shadows, errors } = await startShadow('patient', change);
      for (const input of [busy, ...inputs.slice(0, 20)]) {
        const { json } = await alone.predict(tenant, input);
        expect(await ask(input)).toEqual({ ...json, predictionId: expect.any(String) });
      }
      // All of them came before the challenger was done with the first one, or found to hang.
      expect({ shadows, errors }).toEqual({ shadows: [], errors: [] });
      await idle();
      expect(shadows).toHaveLength(4);
    }
  });

  test('requests are dropped where the thread has too much to do', async () => {
    const { ask, idle, shadows } = await startShadow('patient');
    await ask(lasting(1000));
    for (let count = 0; count < 49; count += 1) await ask(anInput);
    expect(shadows).toEqual([]);
    await idle();
    expect(shadows).toHaveLength(4);
    await ask(anInput);
    await idle();
    expect(shadows).toHaveLength(5);
  });

  test.each([
    ['before the first stage', 0, { stage: 'preparing' }],
    ['once it has a share of the requests', 100, {}],
  ])('nobody is asked %s', async (_, weight, change) => {
    const { tenant, ask, idle, state, shadows, records } = await startShadow('worse');
    await world.challenge(tenant, 'logistic', 'worse', weight, change);
    state.now += 60_000;
    state.draw = 0.5;
    for (const input of inputs) await ask(input);
    await idle();
    expect({ shadows, arms: new Set(records.map(({ rollout }) => rollout?.arm)) }).toEqual({
      shadows: [],
      arms: new Set(['champion']),
    });
  });
});
