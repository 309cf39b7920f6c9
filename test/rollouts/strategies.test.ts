import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rollout } from '../../contracts/rollouts.ts';
import { models as modelRoutes, rollouts as routes } from '../../contracts/routes/index.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { callApi } from '../support/call-api.ts';
import { openClock } from './live-outcomes.ts';
import { createWaitingMachine } from './machines.ts';
import { failed } from './specimens.ts';
import { cases, type Deployed, quickRollout, startWorld, type World } from './world.ts';

type Handler = Parameters<typeof callApi>[0];

let world: World;
let handler: Handler;
let modelHandler: Handler;

beforeAll(async () => {
  world = await startWorld();
  const { tableName, bucketName } = world.services;
  const ROLLOUT_MACHINE_ARN = await createWaitingMachine();
  Object.assign(process.env, { TABLE_NAME: tableName, BUCKET_NAME: bucketName, ROLLOUT_MACHINE_ARN });
  ({ handler } = await import('../../functions/rollouts/api.ts'));
  ({ handler: modelHandler } = await import('../../functions/models/api.ts'));
}, 120_000);
afterAll(() => world.services.dispose());

const deploy = ({ model }: Deployed, version: string, more: object = {}) =>
  callApi(handler, routes.postRollout, { path: { model }, body: { version, reason: 'it is time', ...more } });

const faultsOf = ({ json }: { json: { errors?: { pointer: string; detail: string }[] } }) =>
  (json.errors ?? []).map(({ pointer }) => pointer);

describe('a blue-green rollout', () => {
  it('takes all requests at once, bakes, and is promoted without having been judged', async () => {
    const deployed = await world.begin();
    const { tenant, model } = deployed;
    const begun = await deploy(deployed, await deployed.version(1, 'logistic'), {
      strategy: 'blue-green',
      bakeSeconds: 3600,
    });
    const { id } = Rollout.parse(begun.json);
    const clock = openClock();
    const judge = () => judgeRollout({ ...world, clock }, { tenant, model, rollout: id });
    await world.cloudWatch.make(id);
    await judge();
    expect(await deployed.route()).toMatchObject({ stage: 'bake', weight: 10_000, champion: { version: 'v1.0.0' } });
    clock.pass(3600);
    await judge();
    expect((await deployed.route())?.weight).toBe(10_000);
    await world.cloudWatch.see(id, [0]);
    clock.pass(-1);
    expect(await judge()).toMatchObject({ status: 'running' });
    clock.pass(1);
    expect(await judge()).toMatchObject({ status: 'promoted' });
    const { json } = await callApi(handler, routes.getRollout, { path: { model, rollout: id } });
    expect(Rollout.parse(json)).toMatchObject({
      strategy: 'blue-green',
      end: 'baked',
      endReason: expect.stringContaining('No evidence was asked for'),
      stages: [{ name: 'bake', weight: 100 }],
    });
    expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.1.0' }, weight: 0 });
  });

  it('is rolled back by its pairs where they show harm', async () => {
    const deployed = await world.begin();
    const { tenant, model } = deployed;
    const { json } = await deploy(deployed, await deployed.version(1, 'worse'), { strategy: 'blue-green' });
    const judge = () => judgeRollout(world, { tenant, model, rollout: json.id });
    await world.cloudWatch.make(json.id);
    await judge();
    await deployed.seal(cases(350));
    expect(await judge()).toMatchObject({ status: 'rolled-back' });
  });
});

describe('a rollout with a strategy of its own is refused', () => {
  const rewarded = { ...quickRollout, evidence: 'randomised' } as const;

  it.each([
    [
      'stages that a blue-green rollout has no use for',
      { strategy: 'blue-green', stages: quickRollout.stages },
      ['/stages'],
    ],
    ['a bake time of a canary', { bakeSeconds: 10 }, ['/bakeSeconds']],
    [
      'a bake time longer than the rollout may last',
      { strategy: 'blue-green', bakeSeconds: 2_592_000 },
      ['/bakeSeconds'],
    ],
    ['rivals of a canary', { rivals: ['v1.2.0'] }, ['/rivals']],
    ['a bandit where pairs decide', { strategy: 'bandit' }, ['/strategy']],
    ['a stage that leaves no room for the holdback', { stages: [{ name: 'all', weight: 100 }] }, ['/stages']],
    ['ramp evidence where pairs decide', { stages: [{ name: 'some', weight: 5, rampEvidence: 10 }] }, ['/stages']],
  ])('%s', async (_, more, pointers) => {
    const deployed = await world.begin({
      ...quickRollout,
      maximumSeconds: 600_000,
      holdback: { percent: 5, minimumSeconds: 0 },
    });
    await deployed.version(2, 'logistic');
    const before = await deployed.route();
    const answer = await deploy(deployed, await deployed.version(1, 'logistic'), more);
    expect([answer.status, answer.json.type]).toEqual([400, 'urn:relearn:problem:invalid-request']);
    expect(faultsOf(answer)).toEqual(pointers);
    expect(await deployed.route()).toEqual(before);
  });

  it('a stage with a name that the platform gives', async () => {
    const deployed = await world.begin();
    const stages = [{ name: 'holdback', weight: 5 }];
    const answer = await deploy(deployed, await deployed.version(1, 'logistic'), { stages });
    expect([answer.status, faultsOf(answer)]).toEqual([400, ['/stages']]);
  });

  it.each([
    ['an unknown rival', ['v9.0.0'], 404, 'not-found'],
    ['the champion as a rival', ['v1.0.0'], 409, 'version-serving'],
    ['a rejected rival', ['v1.3.0'], 409, 'version-rejected'],
    ['a rival without its artifact', ['v1.4.0'], 409, 'artifact-missing'],
    ['the challenger as its own rival', ['v1.1.0'], 400, 'invalid-request'],
    ['a rival twice', ['v1.2.0', 'v1.2.0'], 400, 'invalid-request'],
    ['more rivals than a bandit compares', ['v1.2.0', 'v1.3.0', 'v1.4.0'], 400, 'invalid-request'],
  ])('a bandit with %s', async (_, rivals, status, code) => {
    const deployed = await world.begin(rewarded);
    await deployed.version(1, 'logistic');
    await deployed.version(2, 'logistic');
    await deployed.version(3, 'worse', { status: 'rejected', gate: [failed('not-worse')] });
    await deployed.version(4, 'throws', { artifact: false });
    const before = await deployed.route();
    const answer = await deploy(deployed, 'v1.1.0', { strategy: 'bandit', rivals });
    expect([answer.status, answer.json.type]).toEqual([status, `urn:relearn:problem:${code}`]);
    expect(await deployed.route()).toEqual(before);
    expect(await deployed.statusOf('v1.2.0')).toBe('staging');
  });
});

describe('a policy that changes while a rollout runs', () => {
  it('applies to the next, and both the answer and the audit say so', async () => {
    const deployed = await world.begin();
    const { model } = deployed;
    const { json: begun } = await deploy(deployed, await deployed.version(1, 'logistic'));
    const found = await world.models.get('acme', model);
    if (found === undefined) throw new Error('the model was registered');
    const { name: _, createdAt: __, updatedAt: ___, ...declaration } = found;
    const change = (margin: number) =>
      callApi(modelHandler, modelRoutes.putModel, {
        path: { model },
        body: { ...declaration, policies: { ...declaration.policies, rollout: { ...quickRollout, margin } } },
      });
    const { status, json } = await change(0.2);
    expect(status).toBe(200);
    expect(json.notices).toEqual([expect.stringContaining(`${begun.id} is running and keeps the policies.rollout`)]);
    const shown = await callApi(handler, routes.getRollout, { path: { model, rollout: begun.id } });
    expect(shown.json.policy.margin).toBe(quickRollout.margin);
    const { items } = await world.audit.page('acme', 20);
    const changed = items.find((entry) => entry.action === 'model-changed' && entry.model === model);
    expect(changed?.reason).toContain('applies to the next rollout');
    await callApi(handler, routes.postRollback, { path: { model }, body: { reason: 'enough' } });
    expect((await change(0.3)).json.notices).toBeUndefined();
  });

  it.each([
    [
      'stages that do not ascend',
      {
        stages: [
          { name: 'one', weight: 50 },
          { name: 'two', weight: 50 },
        ],
      },
    ],
    ['a stage beyond 100%', { stages: [{ name: 'one', weight: 101 }] }],
    ['a margin of nothing', { margin: 0 }],
    ['an α of one half', { promotionAlpha: 0.5 }],
    ['a floor of a bandit beyond its range', { bandit: { floorPercent: 30 } }],
  ])('is refused with %s, and nothing changes', async (_, policy) => {
    const deployed = await world.begin();
    const before = await world.models.get('acme', deployed.model);
    const { name: __, createdAt: ___, updatedAt: ____, ...declaration } = before ?? ({} as NonNullable<typeof before>);
    const rollout = { ...quickRollout, ...policy };
    const body = { ...declaration, policies: { ...declaration.policies, rollout } };
    const answer = await callApi(modelHandler, modelRoutes.putModel, { path: { model: deployed.model }, body });
    expect(answer.status).toBe(400);
    expect(faultsOf(answer)[0]).toMatch(/^\/policies\/rollout\//);
    expect(await world.models.get('acme', deployed.model)).toEqual(before);
  });
});
