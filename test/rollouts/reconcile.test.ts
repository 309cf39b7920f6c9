import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openRolloutMachine, type RolloutMachine } from '../../functions/rollouts/machine.ts';
import { closeRollout } from '../../functions/rollouts/operations/end-rollout.ts';
import { reconcileRollouts } from '../../functions/rollouts/operations/reconcile-rollouts.ts';
import { rollBackByHand } from '../../functions/rollouts/operations/roll-back.ts';
import { createWaitingMachine, executionArnOf } from './machines.ts';
import { type Deployed, startWorld, type World } from './world.ts';

let world: World;
let machine: RolloutMachine;
let deployed: Deployed;
let id: string;
let machineArn: string;

beforeAll(async () => {
  world = await startWorld();
  machineArn = await createWaitingMachine();
  machine = openRolloutMachine(machineArn);
}, 120_000);
afterAll(() => world.services.dispose());

beforeEach(async () => {
  deployed = await world.begin();
  ({ id } = await deployed.deploy(await deployed.version(1, 'logistic')));
});

const reconcile = () => reconcileRollouts(world.store, machine);
/** The rollouts that the index holds. */
const open = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const rollout of world.store.open()) found.push(rollout.id);
  return found;
};
const attempt = async () => (await world.store.rollout(deployed.tenant, deployed.model, id))?.attempt;
const executionArn = (number: number) => executionArnOf(machineArn, id, number);
const statusOf = async (number: number) =>
  (await new SFNClient({}).send(new DescribeExecutionCommand({ executionArn: executionArn(number) }))).status;

describe('reconciliation', () => {
  it('starts the machine of a rollout whose start was lost', async () => {
    expect(await reconcile()).toContain(id);
    expect(await statusOf(1)).toBe('RUNNING');
    expect(await attempt()).toBe(1);
  });

  it('leaves a rollout alone whose machine runs', async () => {
    await reconcile();
    expect(await reconcile()).not.toContain(id);
    expect(await attempt()).toBe(1);
  });

  it('starts the next attempt where an execution is over, once', async () => {
    await reconcile();
    await new SFNClient({}).send(new StopExecutionCommand({ executionArn: executionArn(1) }));
    const started = (await Promise.all([reconcile(), reconcile()])).flat();
    expect(started.filter((rollout) => rollout === id)).toHaveLength(1);
    expect(await attempt()).toBe(2);
    expect(await statusOf(2)).toBe('RUNNING');
  });

  it('starts an attempt under its name where it was counted and never started', async () => {
    await reconcile();
    await new SFNClient({}).send(new StopExecutionCommand({ executionArn: executionArn(1) }));
    const record = await world.store.rollout(deployed.tenant, deployed.model, id);
    if (record === undefined) throw new Error('the rollout was begun');
    await world.store.save(deployed.tenant, deployed.model, {
      ...record,
      attempt: 2,
      revision: record.revision + 1,
    });
    expect(await reconcile()).toContain(id);
    expect([await attempt(), await statusOf(2)]).toEqual([2, 'RUNNING']);
  });

  it('sees to a rollout that has ended until its alarms are deleted', async () => {
    const { tenant, model } = deployed;
    await rollBackByHand(world, { tenant, model, actor: 'operator:user-1', reason: 'to see' });
    expect(await reconcile()).toContain(id);
    await new SFNClient({}).send(new StopExecutionCommand({ executionArn: executionArn(1) }));
    await closeRollout(world.store, { tenant, model, rollout: id });
    expect(await open()).not.toContain(id);
    expect(await reconcile()).not.toContain(id);
  });

  it('does not close a rollout that runs', async () => {
    const { tenant, model } = deployed;
    expect(await closeRollout(world.store, { tenant, model, rollout: id })).toMatchObject({ open: true });
    expect(await reconcile()).toContain(id);
  });
});
