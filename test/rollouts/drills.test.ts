import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rollout } from '../../contracts/rollouts.ts';
import { rollouts as routes } from '../../contracts/routes/index.ts';
import { isDrillDue } from '../../functions/rollouts/domain/drill-due.ts';
import { openRolloutMachine } from '../../functions/rollouts/machine.ts';
import { beginDrill } from '../../functions/rollouts/operations/begin-drill.ts';
import { beginDueDrills } from '../../functions/rollouts/operations/begin-due-drills.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { rollBackByHand } from '../../functions/rollouts/operations/roll-back.ts';
import { openAlarmRollback } from '../../functions/rollouts/operations/roll-back-by-alarm.ts';
import { callApi } from '../support/call-api.ts';
import { openClock } from './live-outcomes.ts';
import { createWaitingMachine } from './machines.ts';
import { moment } from './specimens.ts';
import { type Deployed, promote, quickRollout, startWorld, type World } from './world.ts';

let world: World;
let handler: Parameters<typeof callApi>[0];
let machineArn: string;
let deployed: Deployed;

beforeAll(async () => {
  world = await startWorld();
  const { tableName, bucketName } = world.services;
  machineArn = await createWaitingMachine();
  Object.assign(process.env, { TABLE_NAME: tableName, BUCKET_NAME: bucketName, ROLLOUT_MACHINE_ARN: machineArn });
  ({ handler } = await import('../../functions/rollouts/api.ts'));
}, 120_000);
afterAll(() => world.services.dispose());

beforeEach(async () => {
  deployed = await world.begin();
});

const drill = ({ tenant, model }: Deployed = deployed) =>
  beginDrill(world, { tenant, model, actor: 'operator:user-1', reason: 'does it still work?' });

const message = (rollout: string, given: object = {}): string =>
  JSON.stringify({ AlarmName: `relearn-${rollout}-failing`, NewStateValue: 'ALARM', ...given });

describe('a drill', () => {
  it('is of the champion before, gives it no request, and leaves the versions as they are', async () => {
    await promote(world, deployed, 1);
    const rollout = await drill();
    expect(rollout).toMatchObject({ kind: 'drill', version: 'v1.0.0', base: { version: 'v1.1.0' } });
    expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.1.0' }, weight: 0, stage: 'preparing' });
    expect(await deployed.statusOf('v1.0.0')).toBe('retired');
    await world.cloudWatch.make(rollout.id);
    const { tenant, model } = deployed;
    await judgeRollout(world, { tenant, model, rollout: rollout.id });
    expect(await deployed.route()).toMatchObject({ weight: 0, stage: 'preparing' });
  });

  it('measures what the rollback took, from the first failure and from the alarm to the route', async () => {
    await promote(world, deployed, 1);
    const { tenant, model } = deployed;
    const { id } = await drill();
    await world.cloudWatch.make(id);
    await judgeRollout(world, { tenant, model, rollout: id });
    const broken = await world.store.rollout(tenant, model, id);
    expect(broken?.drill?.brokenAt).toBeDefined();
    const firedAt = new Date().toISOString().replace('Z', '+0000');
    const act = openAlarmRollback(world);
    expect(await act(message(id, { StateChangeTime: firedAt }))).toBe('rolled-back');
    const { json } = await callApi(handler, routes.getRollout, { path: { model, rollout: id } });
    const { drill: result, status, end } = Rollout.parse(json);
    expect({ status, end }).toEqual({ status: 'rolled-back', end: 'alarm' });
    expect(result?.alarmedAt).toBe(firedAt.replace('+0000', 'Z'));
    const alarmToRoute = Date.parse(result?.restoredAt ?? '') - Date.parse(result?.alarmedAt ?? '');
    expect(result?.alarmToRouteMilliseconds).toBe(alarmToRoute);
    expect(alarmToRoute).toBeGreaterThanOrEqual(0);
    expect(result?.totalMilliseconds).toBeGreaterThanOrEqual(alarmToRoute);
    expect(await deployed.route()).toMatchObject({
      champion: { version: 'v1.1.0' },
      previous: [{ version: 'v1.0.0' }],
    });
    expect(await deployed.statusOf('v1.0.0')).toBe('retired');
    const drilled = async () =>
      (await world.audit.page(tenant, 100)).items.filter(
        ({ action, subjectOfAction }) => action === 'rollback-drilled' && subjectOfAction === id,
      );
    expect(await drilled()).toMatchObject([{ numbers: { alarmToRouteMilliseconds: alarmToRoute } }]);
    expect(await act(message(id))).toBe('ignored');
    expect(await drilled()).toHaveLength(1);
  });

  it('is measured by the repeated message where the first one was lost on the way', async () => {
    await promote(world, deployed, 1);
    const { tenant, model } = deployed;
    const { id } = await drill();
    const faulty = {
      ...world,
      store: {
        ...world.store,
        commit: async (...given: Parameters<typeof world.store.commit>) => {
          if (given[3].audit.some(({ action }) => action === 'rollback-drilled')) throw new Error('lost');
          return world.store.commit(...given);
        },
      },
    };
    await expect(openAlarmRollback(faulty)(message(id))).rejects.toThrow('lost');
    expect((await world.store.rollout(tenant, model, id))?.drill?.restoredAt).toBeUndefined();
    await openAlarmRollback(world)(message(id));
    expect((await world.store.rollout(tenant, model, id))?.drill?.restoredAt).toBeDefined();
  });

  it('takes no alarm to have fired before the failures that it saw', async () => {
    await promote(world, deployed, 1);
    const { tenant, model } = deployed;
    const { id } = await drill();
    await world.cloudWatch.make(id);
    await judgeRollout(world, { tenant, model, rollout: id });
    const brokenAt = (await world.store.rollout(tenant, model, id))?.drill?.brokenAt ?? '';
    const StateChangeTime = `${brokenAt.slice(0, 17)}00.000+0000`;
    await openAlarmRollback(world)(message(id, { StateChangeTime }));
    const result = (await world.store.rollout(tenant, model, id))?.drill;
    expect(result?.alarmedAt).toBe(brokenAt);
    expect(result?.alarmToRouteMilliseconds).toBe(result?.totalMilliseconds);
  });

  it('whose alarm does not act says so, and gives up', async () => {
    await promote(world, deployed, 1);
    const { tenant, model } = deployed;
    const { id } = await drill();
    await world.cloudWatch.make(id);
    const clock = openClock();
    clock.pass(301);
    const judged = await judgeRollout({ ...world, clock }, { tenant, model, rollout: id });
    expect(judged.status).toBe('expired');
    const record = await world.store.rollout(tenant, model, id);
    expect(record?.endReason).toBe('The drill failed: its alarm did not fire within 300 s of failures.');
    expect((await deployed.route())?.rollout).toBeUndefined();
  });

  it('gives way to a rollout in earnest, and is refused beside one', async () => {
    await promote(world, deployed, 1);
    const { tenant, model } = deployed;
    const { id } = await drill();
    await expect(deployed.deploy('v1.9.0')).rejects.toMatchObject({ code: 'not-found' });
    await expect(deployed.deploy('v1.1.0')).rejects.toMatchObject({ code: 'version-serving' });
    expect((await deployed.route())?.rollout).toBe(id);
    const rollout = await deployed.deploy(await deployed.version(2, 'logistic'));
    expect((await deployed.route())?.rollout).toBe(rollout.id);
    expect(await world.store.rollout(tenant, model, id)).toMatchObject({ status: 'expired' });
    await expect(drill()).rejects.toMatchObject({ code: 'rollout-running', extension: { rollout: rollout.id } });
  });

  it('is refused where there is nothing to rehearse with', async () => {
    await expect(drill()).rejects.toMatchObject({ code: 'nothing-to-drill' });
    const empty = await world.begin(quickRollout, null);
    await expect(drill(empty)).rejects.toMatchObject({ code: 'no-champion' });
    await expect(drill({ ...deployed, model: 'nobodys' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is begun by an operator alone, and its machine with it', async () => {
    await promote(world, deployed, 1);
    const path = { model: deployed.model };
    expect((await callApi(handler, routes.postDrill, { path, role: 'expert', body: {} })).status).toBe(403);
    const { status, json } = await callApi(handler, routes.postDrill, { path, body: {} });
    expect(status).toBe(202);
    expect(Rollout.parse(json)).toMatchObject({ kind: 'drill', reason: 'A rehearsal of the rollback.' });
    const input = { tenant: deployed.tenant, model: deployed.model, rollout: json.id, attempt: 1 };
    expect(await openRolloutMachine(machineArn).stateOf(input)).toBe('running');
  });
});

describe('the schedule of drills', () => {
  const due = () => beginDueDrills({ ...world, machine: openRolloutMachine(machineArn) });
  const skips = async (model: string) =>
    (await world.audit.page('acme', 100)).items.filter(
      (entry) => entry.action === 'drill-skipped' && entry.model === model,
    );

  it('begins one for each model that is due, and not again within the period', async () => {
    const weekly = await world.begin({ ...quickRollout, drillEveryDays: 7 });
    await promote(world, weekly, 1);
    await promote(world, deployed, 1);
    const [begun, ...others] = await due();
    expect(others).toEqual([]);
    const { tenant, model } = weekly;
    expect(await world.store.rollout(tenant, model, begun ?? '')).toMatchObject({ kind: 'drill', version: 'v1.0.0' });
    await openAlarmRollback(world)(message(begun ?? ''));
    expect(await due()).toEqual([]);
  });

  it('leaves out a model whose rollout runs, and the audit says why', async () => {
    const weekly = await world.begin({ ...quickRollout, drillEveryDays: 7 });
    await promote(world, weekly, 1);
    const { id } = await weekly.deploy(await weekly.version(2, 'logistic'));
    expect(await due()).toEqual([]);
    expect(await skips(weekly.model)).toMatchObject([{ reason: expect.stringContaining(id) }]);
    const { tenant, model } = weekly;
    await rollBackByHand(world, { tenant, model, actor: 'operator:user-1', reason: 'enough' });
    expect(await due()).toHaveLength(1);
  });

  it('counts days with an hour of slack', () => {
    const day = 86_400;
    expect(isDrillDue(7, undefined, moment(0))).toBe(true);
    expect(isDrillDue(7, moment(0), moment(6 * day))).toBe(false);
    expect(isDrillDue(7, moment(0), moment(7 * day - 10))).toBe(true);
    expect(isDrillDue(1, moment(0), moment(day - 10))).toBe(true);
  });
});
