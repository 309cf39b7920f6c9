import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRolloutMachine } from '../../functions/rollouts/machine.ts';
import { beginDueDrills } from '../../functions/rollouts/operations/begin-due-drills.ts';
import { openAlarmRollback } from '../../functions/rollouts/operations/roll-back-by-alarm.ts';
import { rolloutEntity, rolloutItem } from '../../functions/rollouts/store/entities.ts';
import { layFaults } from '../support/faults.ts';
import { createWaitingMachine } from './machines.ts';
import { begun, rolloutId } from './specimens.ts';
import { type Deployed, promote, quickRollout, startWorld, type World } from './world.ts';

let world: World;
let machineArn: string;
beforeAll(async () => {
  world = await startWorld();
  machineArn = await createWaitingMachine();
}, 120_000);
afterAll(() => world.services.dispose());

/** After every id that is made of today's time. */
const newest = (number: number): string => `rol_7${rolloutId(number).slice(5)}`;
/** Of so many fit 34 into the megabyte that DynamoDB reads at once. */
const longReason = 'for a long reason '.repeat(1700);

/** Rollouts that have ended, as they are kept. */
const keep = async ({ tenant, model }: Deployed, ids: readonly string[], startedAt: string): Promise<void> => {
  const { rollout } = begun();
  const ended = { ...rollout, status: 'expired', open: false, startedAt, reason: longReason } as const;
  for (const id of ids) {
    await rolloutEntity(world.table)
      .put(rolloutItem(tenant, model, { ...ended, id }))
      .go();
  }
};

const many = Array.from({ length: 60 }, (_, index) => newest(index));
const newestFirst = [...many].reverse();

describe('the rollouts of a model', () => {
  it('are listed up to the limit, whatever DynamoDB reads at once', async () => {
    const deployed = await world.begin(quickRollout, null);
    const { tenant, model } = deployed;
    await keep(deployed, many, new Date().toISOString());
    const idsOf = async (limit: number, before?: string) =>
      (await world.store.list(tenant, model, limit, before)).map(({ id }) => id);
    expect(await idsOf(50)).toEqual(newestFirst.slice(0, 50));
    expect(await idsOf(50, newestFirst[49])).toEqual(newestFirst.slice(50));
    expect(await idsOf(60)).toEqual(newestFirst);
  }, 60_000);
});

describe('the page after the oldest rollout', () => {
  it('is empty after one read, whatever else is kept of the model', async () => {
    const deployed = await world.begin(quickRollout, null);
    const { tenant, model } = deployed;
    await keep(deployed, many.slice(0, 3), new Date().toISOString());
    const pk = `tenant#${tenant}#model#${model}`;
    for (let index = 0; index < 8; index += 1) {
      const Item = { pk, sk: `before-rollouts#${index}`, text: longReason.repeat(10) };
      await world.table.client.send(new PutCommand({ TableName: world.table.table, Item }));
    }
    const { calls } = layFaults(world.table.client);
    expect(await world.store.list(tenant, model, 50, many[0])).toEqual([]);
    expect(calls()).toBe(1);
  });
});

describe('the last drill of a model', () => {
  const begin = async (startedAt: string) => {
    const deployed = await world.begin({ ...quickRollout, drillEveryDays: 7 });
    await promote(world, deployed, 1);
    const lists: (string | undefined)[] = [];
    const store: typeof world.store = {
      ...world.store,
      list: (tenant, model, limit, before) => {
        if (model === deployed.model) lists.push(before);
        return world.store.list(tenant, model, limit, before);
      },
    };
    const due = () => beginDueDrills({ ...world, store, machine: openRolloutMachine(machineArn) });
    return { due, lists, keep: () => keep(deployed, many, startedAt) };
  };

  it('is found behind more rollouts than DynamoDB reads at once', async () => {
    const { due, keep: keepMany } = await begin(new Date().toISOString());
    const [drill, ...others] = await due();
    expect(others).toEqual([]);
    await openAlarmRollback(world)(JSON.stringify({ AlarmName: `relearn-${drill}-failing`, NewStateValue: 'ALARM' }));
    await keepMany();
    expect(await due()).toEqual([]);
  }, 60_000);

  it('is not looked for further back than the time after which one is due', async () => {
    const { due, lists, keep: keepMany } = await begin('2026-01-01T00:00:00.000Z');
    await keepMany();
    expect(await due()).toHaveLength(1);
    expect(lists).toEqual([undefined]);
  }, 60_000);
});
