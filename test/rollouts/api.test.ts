import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Current, Rollout } from '../../contracts/rollouts.ts';
import { rollouts as routes } from '../../contracts/routes/index.ts';
import { openRolloutMachine } from '../../functions/rollouts/machine.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { rollOutTrained } from '../../functions/rollouts/operations/roll-out-trained.ts';
import { callApi } from '../support/call-api.ts';
import { createWaitingMachine } from './machines.ts';
import { failed, rolloutId } from './specimens.ts';
import { cases, type Deployed, startWorld, type World } from './world.ts';

let world: World;
let machineArn: string;
let handler: Parameters<typeof callApi>[0];

beforeAll(async () => {
  world = await startWorld();
  machineArn = await createWaitingMachine();
  const { tableName, bucketName } = world.services;
  Object.assign(process.env, { TABLE_NAME: tableName, BUCKET_NAME: bucketName, ROLLOUT_MACHINE_ARN: machineArn });
  ({ handler } = await import('../../functions/rollouts/api.ts'));
}, 120_000);
afterAll(() => world.services.dispose());

const executions = async (): Promise<string[]> => {
  const { executions = [] } = await new SFNClient({}).send(new ListExecutionsCommand({ stateMachineArn: machineArn }));
  return executions.map(({ name = '' }) => name);
};

const deploy = (model: string, version: string, more: object = {}, headers: Record<string, string> = {}) =>
  callApi(handler, routes.postRollout, { path: { model }, headers, body: { version, reason: 'it is time', ...more } });

describe('deploying a version', () => {
  it('begins a rollout without traffic and starts its machine', async () => {
    const deployed = await world.begin();
    const { model } = deployed;
    const { status, json } = await deploy(model, await deployed.version(1, 'logistic'));
    expect(status).toBe(202);
    expect(Rollout.parse(json)).toMatchObject({
      kind: 'manual',
      status: 'running',
      version: 'v1.1.0',
      base: 'v1.0.0',
      stage: 'preparing',
      pairs: 0,
    });
    expect(await executions()).toContain(`${json.id}-1`);
    const current = await callApi(handler, routes.getCurrent, { path: { model }, role: 'app' });
    expect(Current.parse(current.json)).toMatchObject({ champion: 'v1.0.0', challenger: 'v1.1.0', weight: 0 });
  });

  it('makes the first version champion at once', async () => {
    const deployed = await world.begin({}, null);
    const { model } = deployed;
    expect((await callApi(handler, routes.getCurrent, { path: { model } })).json.type).toContain('no-champion');
    const { status, json } = await deploy(model, await deployed.version(0, 'logistic'));
    expect(status).toBe(202);
    expect(json).toMatchObject({ kind: 'first', status: 'promoted', end: 'first-version', stage: 'first', stages: [] });
    expect((await callApi(handler, routes.getCurrent, { path: { model } })).json.champion).toBe('v1.0.0');
    expect(await deployed.statusOf('v1.0.0')).toBe('champion');
  });

  it('takes stages of its own for this rollout alone', async () => {
    const deployed = await world.begin();
    const stages = [{ name: 'all-at-once', weight: 100, minimumSeconds: 1, minimumPairs: 0 }];
    const { json } = await deploy(deployed.model, await deployed.version(1, 'logistic'), { stages });
    expect(json.policy.stages).toEqual(stages);
  });

  it('is refused a second time, and names the rollout that runs', async () => {
    const deployed = await world.begin();
    const { json: running } = await deploy(deployed.model, await deployed.version(1, 'logistic'));
    const { status, json } = await deploy(deployed.model, await deployed.version(2, 'logistic'));
    expect({ status, type: json.type, rollout: json.rollout }).toEqual({
      status: 409,
      type: 'urn:relearn:problem:rollout-running',
      rollout: running.id,
    });
  });

  it('begins one rollout, however many ask at the same time', async () => {
    const deployed = await world.begin();
    const versions = await Promise.all([1, 2, 3, 4].map((number) => deployed.version(number, 'logistic')));
    const answers = await Promise.all(versions.map((version) => deploy(deployed.model, version)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    expect(await world.store.list(deployed.tenant, deployed.model, 10)).toHaveLength(2);
  });

  it('answers a repeated call as the first one', async () => {
    const deployed = await world.begin();
    const version = await deployed.version(1, 'logistic');
    const headers = { 'idempotency-key': 'deploy-1' };
    const [one, other] = [
      await deploy(deployed.model, version, {}, headers),
      await deploy(deployed.model, version, {}, headers),
    ];
    expect(one.status).toBe(202);
    expect(other.json).toEqual(one.json);
  });

  it.each([
    ['an unknown version', 404, 'not-found', async () => 'v9.0.0', {}],
    ['the champion', 409, 'version-serving', async () => 'v1.0.0', {}],
    [
      'a version that the gate rejected',
      409,
      'version-rejected',
      (of: Deployed) => of.version(1, 'worse', { status: 'rejected', gate: [failed('not-worse')] }),
      {},
    ],
    [
      'a version without its artifact',
      409,
      'artifact-missing',
      (of: Deployed) => of.version(1, 'throws', { artifact: false }),
      {},
    ],
    [
      'stages that descend',
      400,
      'invalid-request',
      async () => 'v1.1.0',
      {
        stages: [
          { name: 'half', weight: 50 },
          { name: 'less', weight: 25 },
        ],
      },
    ],
    ['no reason', 400, 'invalid-request', async () => 'v1.1.0', { reason: '' }],
    ['an unknown field', 400, 'invalid-request', async () => 'v1.1.0', { force: true }],
  ])('refuses %s', async (_, status, code, versionOf, more) => {
    const deployed = await world.begin();
    const before = await deployed.route();
    const answer = await deploy(deployed.model, await versionOf(deployed), more);
    expect({ status: answer.status, type: answer.json.type }).toEqual({ status, type: `urn:relearn:problem:${code}` });
    expect(await deployed.route()).toEqual(before);
  });

  it('past the gate leaves the reason in the audit', async () => {
    const deployed = await world.begin();
    const gate = [failed('not-worse')];
    const version = await deployed.version(1, 'worse', { status: 'rejected', gate });
    const { status } = await deploy(deployed.model, version, { overrideGate: true, reason: 'a rehearsal' });
    expect(status).toBe(202);
    const { items } = await world.audit.page(deployed.tenant, 2);
    expect(items.map(({ action, reason, actor }) => ({ action, reason, actor }))).toEqual([
      { action: 'rollout-started', reason: 'a rehearsal', actor: 'operator:user-1' },
      { action: 'gate-overridden', reason: 'a rehearsal', actor: 'operator:user-1' },
    ]);
  });

  it.each(['app', 'expert'])('is not for the role %s', async (role) => {
    const answer = await callApi(handler, routes.postRollout, {
      role,
      path: { model: 'model-1' },
      body: { version: 'v1.1.0', reason: 'to see' },
    });
    expect(answer.status).toBe(403);
  });
});

describe('reading rollouts', () => {
  it('shows stages, the verdict and the blocks of one that runs', async () => {
    const deployed = await world.begin();
    const { tenant, model } = deployed;
    const { json: running } = await deploy(model, await deployed.version(1, 'logistic'));
    await world.cloudWatch.make(running.id);
    await judgeRollout(world, { tenant, model, rollout: running.id });
    await deployed.seal(cases(30));
    await judgeRollout(world, { tenant, model, rollout: running.id });
    const { json } = await callApi(handler, routes.getRollout, { path: { model, rollout: running.id } });
    expect(Rollout.parse(json)).toMatchObject({
      stage: 'shadow',
      pairs: 30,
      stages: [{ name: 'shadow', pairs: 30, verdict: 'hold' }],
      verdict: { verdict: 'hold', numbers: { pairs: 30 } },
      blocks: [{ segment: 1 }, { segment: 2 }],
    });
  });

  it('lists them by pages, the newest first', async () => {
    const deployed = await world.begin();
    const { model } = deployed;
    const { json: second } = await deploy(model, await deployed.version(1, 'logistic'));
    const one = await callApi(handler, routes.listRollouts, { path: { model }, query: { limit: '1' } });
    expect(one.json.items.map(({ id }: Rollout) => id)).toEqual([second.id]);
    const query = { limit: '1', cursor: one.json.nextCursor };
    const two = await callApi(handler, routes.listRollouts, { path: { model }, query });
    expect(two.json.items).toMatchObject([{ kind: 'first', version: 'v1.0.0' }]);
    expect(two.json.nextCursor).toBeUndefined();
  });

  it("answers another tenant's rollout as it answers one that never was", async () => {
    const deployed = await world.begin();
    const { model } = deployed;
    const { json } = await deploy(model, await deployed.version(1, 'logistic'));
    const foreign = await callApi(handler, routes.getRollout, { tenant: 'globex', path: { model, rollout: json.id } });
    const unknown = await callApi(handler, routes.getRollout, { path: { model, rollout: rolloutId(1) } });
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreign.json.title).toBe(unknown.json.title);
  });
});

describe('rolling back', () => {
  it('reports the route that serves then', async () => {
    const deployed = await world.begin();
    const { model } = deployed;
    const { json: running } = await deploy(model, await deployed.version(1, 'logistic'));
    const body = { reason: 'complaints' };
    const { status, json } = await callApi(handler, routes.postRollback, { path: { model }, body });
    expect(status).toBe(200);
    expect(json).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0', rollout: running.id });
    expect(json.current).toEqual((await callApi(handler, routes.getCurrent, { path: { model } })).json);
    const again = await callApi(handler, routes.postRollback, { path: { model }, body });
    expect(again.json.type).toContain('nothing-to-roll-back');
  });
});

describe('a version that was trained', () => {
  const rollOut = (deployed: Deployed, version: string) =>
    rollOutTrained(
      { ...world, machine: openRolloutMachine(machineArn) },
      { tenant: deployed.tenant, model: deployed.model, job: 'job_01J9Z3ABCDEFGHJKMNPQRSTVWX', version },
    );

  it('goes into one rollout, however often the retrain machine asks', async () => {
    const deployed = await world.begin();
    const version = await deployed.version(1, 'logistic');
    const rollout = await rollOut(deployed, version);
    expect(await rollOut(deployed, version)).toBe(rollout);
    expect(await world.store.rollout(deployed.tenant, deployed.model, rollout)).toMatchObject({ kind: 'challenger' });
    expect(await executions()).toContain(`${rollout}-1`);
  });

  it('waits in staging while another rollout runs, and the audit says why', async () => {
    const deployed = await world.begin();
    const running = await rollOut(deployed, await deployed.version(1, 'logistic'));
    expect(await rollOut(deployed, await deployed.version(2, 'logistic'))).toBe(running);
    expect(await deployed.statusOf('v1.2.0')).toBe('staging');
    const { items } = await world.audit.page(deployed.tenant, 1);
    expect(items).toMatchObject([{ action: 'rollout-deferred', subjectOfAction: 'v1.2.0' }]);
    expect(items[0]?.reason).toContain(running);
  });

  it('becomes the first champion without a machine', async () => {
    const deployed = await world.begin({}, null);
    const rollout = await rollOut(deployed, await deployed.version(0, 'logistic'));
    expect(await world.store.rollout(deployed.tenant, deployed.model, rollout)).toMatchObject({ status: 'promoted' });
    expect(await executions()).not.toContain(`${rollout}-1`);
  });
});
