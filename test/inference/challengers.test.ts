import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openChallengers } from '../../functions/inference/challengers/challengers.ts';
import { eventually } from '../local/support/eventually.ts';
import { holdoutOf, inputOf, lasting, servableOf, type Trained, tensorsOf } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;
jest.setTimeout(300_000);

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterEach(async () => {
  await world.endFunctions();
});

afterAll(async () => {
  await world?.dispose();
});

const inputsOf = (name: Trained) => holdoutOf(name).map((one) => inputOf(name, one));
const [anInput] = inputsOf('logistic') as [ReturnType<typeof inputOf>];
/** Far beyond what hangs: 1,000 ms of the processor. */
const hanging = lasting(2500);
const patience = 60_000;
const impatience = 400;

/** A function whose challenger of this tenant is the patient version, in memory. */
const startWithPatient = async (tenant: string, timeoutMilliseconds: number, slowMilliseconds = 40) => {
  await world.challenge(tenant, 'logistic', 'patient', 10_000, { timeoutMilliseconds, slowMilliseconds });
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
  }, 120);
/** Waits until so many challengers were found to hang. */
const untilHung = ({ errors }: ReturnType<World['startFunction']>, count: number) =>
  eventually(
    async () => errors.filter((error) => error.startsWith('the challenger v1.1.0 hangs')).length === count,
    120,
  );

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
    const { predict, records } = await startWithPatient(tenant, patience, 500);
    for (const input of [anInput, lasting(1200)]) {
      expect((await predict(tenant, input)).json).toMatchObject({ version: 'v1.1.0', fallback: false });
    }
    expect(records.map(({ rollout }) => rollout?.metrics.ChallengerSlow)).toEqual([0, 1]);
    expect(records[1]?.rollout?.metrics.ChallengerLatency).toBeGreaterThan(500);
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
    const started = await startWithPatient(tenant, impatience);
    const { predict, records, errors } = started;
    for (let count = 0; count < 22; count += 1) {
      expect((await predict(tenant, hanging)).json).toMatchObject({ version: 'v1.0.0', fallback: true });
      // Nobody waited for as long as it takes to find that it hangs.
      if (count === 0) expect(errors).toEqual([]);
    }
    const [hung, ...others] = records.map(({ rollout }) => rollout?.metrics);
    expect(hung).toMatchObject({ ChallengerFailure: 1, ChallengerMalformed: 0, ChallengerSlow: 1 });
    // Those that wait have a latency.
    expect(others).toEqual(others.map(() => ({ ChallengerFailure: 1 })));
    await untilHung(started, 1);
    expect((await predict(tenant, anInput)).json).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect(records.at(-1)?.rollout?.metrics).toEqual({ ChallengerFailure: 1 });
  });

  test('is no challenger that was only late once: that stays in memory, and is asked again when it is done', async () => {
    const tenant = await world.newTenant();
    const { predict, errors, threads } = await startWithPatient(tenant, 40);
    expect((await predict(tenant, lasting(150))).json.fallback).toBe(true);
    await eventually(async () => (await predict(tenant, anInput)).json.version === 'v1.1.0');
    expect({ threads: threads(), errors }).toEqual({ threads: 1, errors: [] });
  });

  test('is asked again in a new thread when it has rested', async () => {
    const tenant = await world.newTenant();
    const started = await startWithPatient(tenant, impatience);
    expect((await started.predict(tenant, hanging)).json.fallback).toBe(true);
    await untilHung(started, 1);
    await untilAsked(started, tenant);
    await eventually(async () => started.threads() === 1, 120);
  });

  test("is not held against another model's, which is asked again as soon as there is another thread", async () => {
    const [bad, good] = [await world.newTenant(), await world.newTenant()];
    const started = await startWithPatient(bad, impatience);
    const { predict, records } = started;
    await world.challenge(good, 'logistic', 'worse', 10_000, { timeoutMilliseconds: patience });
    await untilAsked(started, good);
    await predict(bad, anInput);
    records.length = 0;
    const hung = predict(bad, hanging);
    expect((await predict(good, anInput)).json).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect((await hung).json.fallback).toBe(true);
    await untilHung(started, 1);
    expect((await predict(good, anInput)).json).toMatchObject({ version: 'v1.1.0', fallback: false });
    const ofGood = records.filter(({ tenant }) => tenant === good);
    expect(ofGood).toMatchObject([
      { fallback: true, rollout: { metrics: {} } },
      { fallback: false, rollout: { metrics: { ChallengerFailure: 0 } } },
    ]);
    expect(ofGood[0]?.rollout?.metrics).toEqual({});
  });

  test('takes at most two threads with it, however many there are', async () => {
    const tenants = await Promise.all(Array.from({ length: 3 }, () => world.newTenant()));
    const [one, two, last] = tenants as [string, string, string];
    const started = world.startFunction();
    for (const [index, tenant] of [one, two].entries()) {
      await world.challenge(tenant, 'logistic', 'patient', 10_000, { timeoutMilliseconds: 1000 });
      await untilAsked(started, tenant);
      // The first one is still at it when the second one is found to hang.
      await started.predict(tenant, lasting(5000));
      await untilHung(started, index + 1);
    }
    await world.challenge(last, 'logistic', 'patient', 10_000, { timeoutMilliseconds: patience });
    expect((await started.predict(last, anInput)).json).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect({ threads: started.threads(), metrics: started.records.at(-1)?.rollout?.metrics }).toEqual({
      threads: 2,
      metrics: {},
    });
    // Nobody waited: the first one's end would have made room for a thread, and this is far from its own time-out.
    expect(started.records.at(-1)?.milliseconds).toBeLessThan(patience / 2);
    await untilAsked(started, last);
    await eventually(async () => started.threads() === 1, 120);
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
