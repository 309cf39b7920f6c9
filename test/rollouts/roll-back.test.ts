import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alarmName } from '../../contracts/telemetry.ts';
import { rollBackByHand } from '../../functions/rollouts/operations/roll-back.ts';
import { openAlarmRollback } from '../../functions/rollouts/operations/roll-back-by-alarm.ts';
import { rolloutId } from './specimens.ts';
import { cases, type Deployed, noHoldback, promote, rollOut, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

const goBack = ({ tenant, model }: Deployed, from?: string) =>
  rollBackByHand(world, { tenant, model, actor: 'operator:user-1', reason: 'complaints', from });

const message = (rollout: string, given: object = {}): string =>
  JSON.stringify({ AlarmName: alarmName(rollout, 'failing'), NewStateValue: 'ALARM', ...given });

describe('an alarm', () => {
  it('rolls back the rollout that it belongs to', async () => {
    const deployed = await world.begin();
    const { id } = await deployed.deploy(await deployed.version(1, 'logistic'));
    const effect = await openAlarmRollback(world)(message(id, { NewStateReason: 'Threshold Crossed' }));
    expect(effect).toBe('rolled-back');
    expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0 });
    expect(await world.store.rollout(deployed.tenant, deployed.model, id)).toMatchObject({
      status: 'rolled-back',
      end: 'alarm',
      endReason: expect.stringContaining('Threshold Crossed'),
    });
  });

  it('acts on no other rollout, and not twice', async () => {
    const deployed = await world.begin();
    const act = openAlarmRollback(world);
    const { id: old } = await deployed.deploy(await deployed.version(1, 'logistic'));
    expect(await act(message(old))).toBe('rolled-back');
    await deployed.deploy(await deployed.version(2, 'logistic'));
    const route = await deployed.route();
    expect(await act(message(old))).toBe('ignored');
    expect(await act(message(rolloutId(7)))).toBe('ignored');
    expect(await deployed.route()).toEqual(route);
  });

  it.each([
    ['it went back to OK', (id: string) => message(id, { NewStateValue: 'OK' })],
    ['it is no guard', (id: string) => message(id, { AlarmName: alarmName(id, 'missing-labels') })],
    ['it is none of ours', (id: string) => message(id, { AlarmName: `billing-${id}` })],
    ['it is no message of an alarm', () => 'hello'],
  ])('is ignored where %s', async (_, said) => {
    const deployed = await world.begin();
    const { id } = await deployed.deploy(await deployed.version(1, 'logistic'));
    expect(await openAlarmRollback(world)(said(id))).toBe('ignored');
    expect((await deployed.route())?.rollout).toBe(id);
  });
});

describe('a rollback by hand', () => {
  it('ends the running rollout, restores its base and says what serves', async () => {
    const deployed = await world.begin();
    const { id } = await deployed.deploy(await deployed.version(1, 'logistic'));
    const done = await goBack(deployed);
    expect(done).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0', rollout: id, route: await deployed.route() });
    expect(await world.store.rollout(deployed.tenant, deployed.model, id)).toMatchObject({ end: 'by-hand' });
  });

  it('restores the champion before, one after the other, until there is none', async () => {
    const deployed = await world.begin();
    await promote(world, deployed, 1);
    await promote(world, deployed, 2);
    expect(await goBack(deployed)).toMatchObject({ from: 'v1.2.0', to: 'v1.1.0' });
    expect([await deployed.statusOf('v1.2.0'), await deployed.statusOf('v1.1.0')]).toEqual(['rolled-back', 'champion']);
    expect(await goBack(deployed)).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0' });
    await expect(goBack(deployed)).rejects.toMatchObject({ code: 'nothing-to-roll-back' });
  });

  it('changes nothing where the version it is to leave serves no longer', async () => {
    const deployed = await world.begin();
    await promote(world, deployed, 1);
    await goBack(deployed, 'v1.1.0');
    const route = await deployed.route();
    expect(await goBack(deployed, 'v1.1.0')).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0' });
    expect(await deployed.route()).toEqual(route);
  });

  it('ends the rollout first where the champion under it is to be left', async () => {
    const deployed = await world.begin();
    await promote(world, deployed, 1);
    const { id } = await deployed.deploy(await deployed.version(2, 'logistic'));
    expect(await goBack(deployed, 'v1.1.0')).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0', rollout: id });
    expect((await deployed.route())?.rollout).toBeUndefined();
  });

  it('goes one step however many ask for it at the same time', async () => {
    const deployed = await world.begin();
    await promote(world, deployed, 1);
    await promote(world, deployed, 2);
    const asked = await Promise.all(Array.from({ length: 5 }, () => goBack(deployed)));
    expect(new Set(asked.map(({ from, to }) => `${from} ${to}`))).toEqual(new Set(['v1.2.0 v1.1.0']));
    expect((await deployed.route())?.champion.version).toBe('v1.1.0');
  });

  it('leaves the challenger though it is promoted at the same moment', async () => {
    for (let count = 0; count < 5; count += 1) {
      const deployed = await world.begin({
        margin: 0.2,
        minimumPairs: 40,
        holdback: noHoldback,
        stages: [{ name: 'canary', weight: 20, minimumSeconds: 0, minimumPairs: 20 }],
      });
      const { judge } = await rollOut(world, deployed, await deployed.version(1, 'logistic'));
      await judge();
      await deployed.seal(cases(100));
      await Promise.all([judge(), goBack(deployed)]);
      expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0, previous: [] });
      expect((await deployed.route())?.challenger).toBeUndefined();
    }
  });

  it('is refused where nothing serves', async () => {
    const deployed = await world.begin({}, null);
    await expect(goBack(deployed)).rejects.toMatchObject({ code: 'no-champion' });
  });
});
