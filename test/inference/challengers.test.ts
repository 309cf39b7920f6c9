import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openChallengers } from '../../functions/inference/challengers/challengers.ts';
import { eventually } from '../local/support/eventually.ts';
import { holdoutOf, inputOf, servableOf, type Trained, tensorsOf } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;
jest.setTimeout(120_000);

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterAll(async () => {
  await world?.dispose();
});

const inputsOf = (name: Trained) => holdoutOf(name).map((one) => inputOf(name, one));
const [anInput] = inputsOf('logistic') as [ReturnType<typeof inputOf>];
/** An input with which the patient version is busy for about so many ms. */
const lasting = (milliseconds: number) => ({ ...anInput, mean_radius: 1000 + milliseconds });
const patience = 10_000;
const impatience = 400;

/** A function whose challenger of this tenant is the patient version, in memory. */
const startWithPatient = async (tenant: string, timeoutMilliseconds: number) => {
  await world.challenge(tenant, 'logistic', 'patient', 10_000, { timeoutMilliseconds, slowMilliseconds: 40 });
  const started = world.startFunction();
  await untilAsked(started, tenant);
  started.records.length = 0;
  return started;
};
/** Waits for the challenger of a tenant to be in memory. */
const untilAsked = ({ predict, state }: ReturnType<World['startFunction']>, tenant: string) =>
  eventually(async () => {
    state.now += 2000;
    return (await predict(tenant, anInput)).json.version === 'v1.1.0';
  }, 60);
const timed = async <Result>(work: () => Promise<Result>) => {
  const start = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - start };
};

describe('a challenger', () => {
  test('answers from its thread what it answers on the main one', async () => {
    const [one, other] = [await world.newTenant(), await world.newTenant()];
    await world.setRoute(one, 'logistic');
    const { predict } = await startWithPatient(other, patience);
    for (const input of inputsOf('logistic')) {
      const [here, there] = [(await predict(one, input)).json, (await predict(other, input)).json];
      expect(there.version).toBe('v1.1.0');
      expect({ ...there, version: '', predictionId: '' }).toEqual({ ...here, version: '', predictionId: '' });
    }
  });

  test('that is not in memory yet is waited for', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'worse', 10_000);
    const { predict, records } = world.startFunction();
    expect((await predict(tenant, anInput)).json).toMatchObject({ version: 'v1.1.0', fallback: false });
    expect(records).toMatchObject([{ rollout: { arm: 'challenger', metrics: { ChallengerFailure: 0 } } }]);
  });

  test('that is slow, but not too slow, is waited for and told to be slow', async () => {
    const tenant = await world.newTenant();
    const { predict, records } = await startWithPatient(tenant, patience);
    for (const input of [anInput, lasting(60)]) {
      expect((await predict(tenant, input)).json).toMatchObject({ version: 'v1.1.0', fallback: false });
    }
    expect(records.map(({ rollout }) => rollout?.metrics.ChallengerSlow)).toEqual([0, 1]);
    expect(records[1]?.rollout?.metrics.ChallengerLatency).toBeGreaterThan(40);
  });

  test('is in a thread of which there is one, and none without a challenger', async () => {
    const [tenant, other] = [await world.newTenant(), await world.newTenant()];
    await world.setRoute(tenant, 'logistic');
    const { predict, threads, state } = world.startFunction(2000);
    await predict(tenant, anInput);
    expect(threads()).toBe(0);
    for (const each of [tenant, other]) {
      await world.challenge(each, 'logistic', 'worse', 10_000);
      state.now += 2000;
      expect((await predict(each, anInput)).json.version).toBe('v1.1.0');
      expect(threads()).toBe(1);
    }
    for (const [each, left] of [
      [tenant, 1],
      [other, 0],
    ] as const) {
      await world.setRoute(each, 'logistic', { revision: 9 });
      state.now += 2000;
      expect((await predict(each, anInput)).json.version).toBe('v1.0.0');
      await eventually(async () => threads() === left);
    }
  });
});

describe('a challenger that hangs', () => {
  test('costs one request its time-out, and the next ones nothing', async () => {
    const tenant = await world.newTenant();
    const { predict, records, errors } = await startWithPatient(tenant, impatience);
    const first = await timed(() => predict(tenant, lasting(3000)));
    expect(first.result.json).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect(first.milliseconds).toBeGreaterThanOrEqual(impatience);
    expect(first.milliseconds).toBeLessThan(1500);
    const next: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const { result, milliseconds } = await timed(() => predict(tenant, lasting(3000)));
      expect(result.json).toMatchObject({ version: 'v1.0.0', fallback: true });
      next.push(milliseconds);
    }
    expect(next.sort((a, b) => a - b)[10]).toBeLessThan(100);
    const [hung, ...others] = records.map(({ rollout }) => rollout?.metrics);
    expect(hung).toMatchObject({ ChallengerFailure: 1, ChallengerMalformed: 0, ChallengerSlow: 1 });
    expect(others).toEqual(others.map(() => ({ ChallengerFailure: 1 })));
    await eventually(async () => errors.join().includes('the challenger v1.1.0 hangs'));
    expect((await predict(tenant, anInput)).json).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect(records.at(-1)?.rollout?.metrics).toEqual({ ChallengerFailure: 1 });
  });

  test('is no challenger that was only late once: that stays in memory, and is asked again when it is done', async () => {
    const tenant = await world.newTenant();
    const { predict, errors, threads } = await startWithPatient(tenant, 100);
    expect((await predict(tenant, lasting(400))).json.fallback).toBe(true);
    await eventually(async () => (await predict(tenant, anInput)).json.version === 'v1.1.0');
    expect({ threads: threads(), errors }).toEqual({ threads: 1, errors: [] });
  });

  test('is asked again in a new thread when it has rested', async () => {
    const tenant = await world.newTenant();
    const started = await startWithPatient(tenant, impatience);
    expect((await started.predict(tenant, lasting(2000))).json.fallback).toBe(true);
    await untilAsked(started, tenant);
    await eventually(async () => started.threads() === 1);
  });

  test("is not held against another model's, which is asked again as soon as there is another thread", async () => {
    const [bad, good] = [await world.newTenant(), await world.newTenant()];
    const started = await startWithPatient(bad, impatience);
    const { predict, records } = started;
    await world.challenge(good, 'logistic', 'worse', 10_000, { timeoutMilliseconds: 300 });
    await untilAsked(started, good);
    await predict(bad, anInput);
    records.length = 0;
    const hung = predict(bad, lasting(2000));
    expect((await predict(good, anInput)).json).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect(records).toMatchObject([{ tenant: good, fallback: true, rollout: { metrics: {} } }]);
    expect((await hung).json.fallback).toBe(true);
    await untilAsked(started, good);
    const ofGood = records.filter(({ tenant }) => tenant === good).map(({ rollout }) => rollout?.metrics);
    expect(ofGood.filter((metrics) => metrics?.ChallengerFailure === 1)).toEqual([]);
  });

  test('takes at most two threads with it, however many there are', async () => {
    const tenants = await Promise.all(Array.from({ length: 3 }, () => world.newTenant()));
    const started = world.startFunction();
    for (const tenant of tenants) {
      await world.challenge(tenant, 'logistic', 'patient', 10_000, { timeoutMilliseconds: 1000 });
    }
    const [one, two, last] = tenants as [string, string, string];
    for (const tenant of [one, two]) {
      await untilAsked(started, tenant);
      await started.predict(tenant, lasting(5000));
    }
    // The first one reads the route again.
    await started.predict(last, anInput);
    const { result, milliseconds } = await timed(() => started.predict(last, anInput));
    expect(result.json).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect({ threads: started.threads(), metrics: started.records.at(-1)?.rollout?.metrics }).toEqual({
      threads: 2,
      metrics: {},
    });
    expect(milliseconds).toBeLessThan(500);
    await untilAsked(started, last);
    await eventually(async () => started.threads() === 1);
  });
});

describe('a thread that crashes', () => {
  test('takes nothing with it: its request is failed, another model is loaded into a new one', async () => {
    const tenant = await world.newTenant();
    await world.store(tenant, 'categorical');
    await world.store(tenant, 'logistic');
    const errors: unknown[] = [];
    const challengers = openChallengers({
      startThread: world.startThread,
      stopwatch: () => performance.now(),
      onError: (_, error) => errors.push(error),
    });
    const [huge] = challengers.want('huge', tenant, [servableOf('categorical')], 20_000);
    const [other] = challengers.want('other', tenant, [servableOf('logistic')], 20_000);
    const [given] = holdoutOf('categorical').map((one) => tensorsOf([one]));
    expect(await huge?.ask(given as never)).toHaveProperty('answer');
    const tooLarge = Array.from({ length: 40 }, (_, index) => String.fromCharCode(97 + index).repeat(8_000_000));
    expect(await huge?.ask({ ...(given as ReturnType<typeof tensorsOf>), categorical: tooLarge })).toMatchObject({
      fault: 'threw',
    });
    expect(errors).toMatchObject([{ code: 'ERR_WORKER_OUT_OF_MEMORY' }]);
    expect(await other?.ask(tensorsOf(holdoutOf('logistic').slice(0, 1)))).toHaveProperty('answer');
    expect(await huge?.ask(given as never)).toMatchObject({ fault: 'missing' });
    for (const name of ['huge', 'other']) challengers.forget(name);
  });

  test('or cannot even be started leaves the champion as it is', async () => {
    const errors: string[] = [];
    const challengers = openChallengers({
      startThread: () => {
        throw new Error('the test allows no thread');
      },
      stopwatch: () => performance.now(),
      onError: (what) => errors.push(what),
    });
    const [one] = challengers.want('one', 'acme', [servableOf('logistic')], impatience);
    expect(await one?.ask(tensorsOf(holdoutOf('logistic').slice(0, 1)))).toMatchObject({ fault: 'missing' });
    expect(errors).toEqual(['no thread for challengers can be started']);
  });
});
