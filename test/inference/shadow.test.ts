import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openOnnxSession } from '../../functions/inference/onnx-session.ts';
import { eventually } from '../local/support/eventually.ts';
import { graphOf, type HoldoutCase, holdoutOf, inputOf, servableOf, tensorsOf, type Version } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;
jest.setTimeout(60_000);

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterAll(async () => {
  await world?.dispose();
});

const cases = holdoutOf('logistic');
const inputs = cases.map((one) => inputOf('logistic', one));
const [anInput] = inputs as [(typeof inputs)[number]];
/** An input with which the patient version is busy for about so many ms. */
const lasting = (milliseconds: number) => ({ ...anInput, mean_radius: 1000 + milliseconds });

/** A function with a challenger in shadow, in memory; its first results have come and are forgotten. */
const startShadow = async (challenger: Version, change: Parameters<World['challenge']>[4] = {}) => {
  const tenant = await world.newTenant();
  await world.challenge(tenant, 'logistic', challenger, 0, change);
  const started = world.startFunction(60_000);
  const ask = async (input: object) => (await started.predict(tenant, input)).json;
  await eventually(async () => {
    await ask(anInput);
    await setTimeout(50);
    return started.shadows.length > 0;
  });
  await started.idle();
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
    const { ask, shadows, records, tenant } = await startShadow('worse');
    for (const [index, input] of inputs.entries()) {
      expect(await ask(input)).toMatchObject({ version: 'v1.0.0', fallback: false });
      await eventually(async () => shadows.length === index + 1);
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
    const { ask, shadows } = await startShadow(name);
    expect(await ask(anInput)).toMatchObject({ version: 'v1.0.0', fallback: false });
    await eventually(async () => shadows.length === 1);
    expect(shadows[0]?.metrics).toMatchObject({ ChallengerFailure: 1, ChallengerMalformed: malformed });
    expect(shadows[0]?.metrics).not.toHaveProperty('Disagreement');
  });

  test('one whose artifact is not there is found out', async () => {
    const { ask, shadows } = await startShadow('worse', {
      challenger: { ...servableOf('worse', 'v1.1.0'), digest: 'f'.repeat(64) },
    });
    await ask(anInput);
    await eventually(async () => shadows.length === 1);
    expect(shadows[0]?.metrics).toEqual({ ChallengerFailure: 1 });
  });

  test('one that hangs is found out by the processor time that it takes, and rests', async () => {
    const { ask, shadows, errors } = await startShadow('patient', { timeoutMilliseconds: 200, slowMilliseconds: 100 });
    await ask(lasting(3000));
    await eventually(async () => shadows.length === 1);
    expect(shadows[0]?.metrics).toMatchObject({ ChallengerFailure: 1, ChallengerMalformed: 0, ChallengerSlow: 1 });
    expect(errors.join()).toContain('the challenger v1.1.0 hangs');
    await ask(anInput);
    await eventually(async () => shadows.length === 2);
    expect(shadows[1]?.metrics).toEqual({ ChallengerFailure: 1 });
  });

  test('an answer that comes too late for anybody who had waited is a failure', async () => {
    const { ask, shadows, errors } = await startShadow('patient', { timeoutMilliseconds: 50 });
    await ask(lasting(300));
    await eventually(async () => shadows.length === 1);
    expect(shadows[0]?.metrics).toMatchObject({ ChallengerFailure: 1, ChallengerMalformed: 0 });
    expect(shadows[0]?.metrics.ChallengerLatency).toBeGreaterThan(50);
    await ask(anInput);
    await eventually(async () => shadows.length === 2);
    expect(shadows[1]?.metrics).toMatchObject({ ChallengerFailure: 0 });
    expect(errors).toEqual([]);
  });

  test('the answer is the same, and as fast, while a challenger is busy or hangs', async () => {
    const busy = await startShadow('patient');
    const hanging = await startShadow('patient', { timeoutMilliseconds: 100 });
    await hanging.ask(lasting(4000));
    const alone = world.startFunction(60_000);
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const asks = [async (input: object) => (await alone.predict(tenant, input)).json, busy.ask, hanging.ask];
    const milliseconds: number[][] = [[], [], []];
    for (let round = 0; round < 220; round += 1) {
      const answers = [];
      for (const [index, ask] of asks.entries()) {
        const start = performance.now();
        answers.push({ ...(await ask(lasting(250))), predictionId: '' });
        // The first ones warm the code up.
        if (round >= 20) milliseconds[index]?.push(performance.now() - start);
      }
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      await setTimeout(1);
    }
    const [plain = 0, ...shadowed] = milliseconds.map(
      (times) => times.toSorted((a, b) => a - b)[times.length / 2] ?? 0,
    );
    for (const median of shadowed) expect(median).toBeLessThan(3 * plain + 1);
    await eventually(async () => busy.shadows.length > 0);
    await eventually(async () => hanging.errors.join().includes('the challenger v1.1.0 hangs'));
  });

  test('requests are dropped where the thread has too much to do', async () => {
    const { ask, shadows } = await startShadow('patient');
    for (let count = 0; count < 50; count += 1) await ask(lasting(200));
    await eventually(async () => shadows.length === 4);
    await setTimeout(1000);
    expect(shadows).toHaveLength(4);
  });

  test.each([
    ['before the first stage', 0, { stage: 'preparing' }],
    ['once it has a share of the requests', 100, {}],
  ])('nobody is asked %s', async (_, weight, change) => {
    const { tenant, ask, state, shadows, records } = await startShadow('worse');
    await world.challenge(tenant, 'logistic', 'worse', weight, change);
    state.now += 60_000;
    state.draw = 0.5;
    for (const input of inputs) await ask(input);
    await setTimeout(500);
    expect({ shadows, arms: new Set(records.map(({ rollout }) => rollout?.arm)) }).toEqual({
      shadows: [],
      arms: new Set(['champion']),
    });
  });
});
