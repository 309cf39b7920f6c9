import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { warmUp } from '../../functions/inference/warm-up.ts';
import { holdoutOf, inputOf, servableOf } from './fixtures.ts';
import { startInference, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startInference();
}, 120_000);

afterAll(async () => {
  await world?.dispose();
});

const [input] = holdoutOf('logistic').map((one) => inputOf('logistic', one));
const down = (): Error => new Error('the test took the network away');

describe('a route', () => {
  test('is read again when it is old, and the version that it names then answers from the next request on', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { predict, state } = world.startFunction(2000);
    const version = async () => (await predict(tenant, input)).json.version;
    expect(await version()).toBe('v1.0.0');
    await world.store(tenant, 'worse');
    await world.setRoute(tenant, 'logistic', { champion: servableOf('worse', 'v1.1.0'), revision: 2 });
    state.now += 900;
    expect(await version()).toBe('v1.0.0');
    state.now += 1100;
    expect(await version()).toBe('v1.1.0');
  });

  test('is read ahead while requests come, so that none of them waits', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { routes, state, idle } = world.startFunction(2000);
    await routes.get(tenant, 'diagnosis');
    await world.store(tenant, 'worse');
    await world.setRoute(tenant, 'logistic', { champion: servableOf('worse', 'v1.1.0'), revision: 2 });
    for (let step = 0; step < 3; step += 1) {
      state.now += 1500;
      expect(routes.get(tenant, 'diagnosis')).not.toBeInstanceOf(Promise);
      await idle();
    }
    expect(routes.get(tenant, 'diagnosis')).toMatchObject({ route: { champion: { version: 'v1.1.0' } } });
  });

  test('that nobody has is remembered, so that asking for it costs no read each time', async () => {
    const { predict, requests, state } = world.startFunction(2000);
    for (let count = 0; count < 5; count += 1) expect((await predict('nobody', input)).status).toBe(404);
    expect(requests.filter(({ service }) => service === 'dynamodb')).toHaveLength(1);
    const tenant = await world.newTenant();
    expect((await predict(tenant, input)).status).toBe(409);
    await world.setRoute(tenant, 'logistic');
    state.now += 2000;
    expect((await predict(tenant, input)).status).toBe(200);
  });
});

describe('where AWS cannot be reached', () => {
  test('the champion known last goes on answering, and the challenger gets nothing', async () => {
    const tenant = await world.newTenant();
    await world.challenge(tenant, 'logistic', 'worse', 10_000);
    const { predict, state, errors, idle } = world.startFunction(2000);
    await predict(tenant, input);
    await idle();
    expect((await predict(tenant, input)).json.version).toBe('v1.1.0');
    state.fault = down;
    for (let step = 0; step < 5; step += 1) {
      state.now += 2000;
      const { status, json } = await predict(tenant, input);
      expect({ status, version: json.version, fallback: json.fallback }).toEqual({
        status: 200,
        version: 'v1.0.0',
        fallback: false,
      });
    }
    expect(errors).toHaveLength(5);
    state.fault = () => undefined;
    state.now += 2000;
    expect((await predict(tenant, input)).json.version).toBe('v1.1.0');
  });

  test('a champion that cannot be loaded does not push out the one that answers', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { predict, state, errors } = world.startFunction(2000);
    await predict(tenant, input);
    await world.setRoute(tenant, 'logistic', { champion: servableOf('worse', 'v1.1.0'), revision: 2 });
    state.fault = ({ service }) => (service === 's3' ? down() : undefined);
    state.now += 2000;
    expect((await predict(tenant, input)).json.version).toBe('v1.0.0');
    expect(errors.join()).toContain('its champion not be loaded');
  });

  test('a function that knows nothing yet says so, and answers as soon as it can', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { predict, state, records, errors } = world.startFunction(2000);
    state.fault = down;
    for (let count = 0; count < 5; count += 1) expect((await predict(tenant, input)).status).toBe(503);
    expect(records).toHaveLength(5);
    expect(records[4]).toMatchObject({ tenant, fallback: false });
    expect(errors).toHaveLength(1);
    state.fault = () => undefined;
    state.now += 500;
    expect((await predict(tenant, input)).status).toBe(200);
  });
});

describe('a function that has just started', () => {
  test('loads models ahead of requests', async () => {
    const tenant = await world.newTenant();
    await world.setRoute(tenant, 'logistic');
    const { routes, servingTable, requests, predict } = world.startFunction();
    const listed = await servingTable.someModels(100);
    expect(listed).toContainEqual({ tenant, model: 'diagnosis' });
    expect(await servingTable.someModels(1)).toHaveLength(1);
    await warmUp({ ...servingTable, someModels: async () => listed }, routes);
    const read = requests.length;
    expect((await predict(tenant, input)).status).toBe(200);
    expect(requests.length).toBe(read);
  });

  test('starts all the same where nothing can be reached', async () => {
    const { routes, servingTable, state } = world.startFunction();
    state.fault = down;
    await expect(warmUp(servingTable, routes)).resolves.toBeUndefined();
  });
});
