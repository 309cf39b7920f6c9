import { readFileSync } from 'node:fs';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alarmName, MetricName } from '../../contracts/telemetry.ts';
import { planAlarms } from '../../functions/rollouts/domain/alarm-plan.ts';
import { openRolloutMachine } from '../../functions/rollouts/machine.ts';
import { beginDrill } from '../../functions/rollouts/operations/begin-drill.ts';
import { expectRollout } from '../../functions/rollouts/operations/end-rollout.ts';
import { reconcileRollouts } from '../../functions/rollouts/operations/reconcile-rollouts.ts';
import { eventually } from '../local/support/eventually.ts';
import { createTopic, deployFunctions, type Functions, subscribe } from './deployed-functions.ts';
import { createMachine, executionArnOf } from './machines.ts';
import { cases, type Deployed, quickRollout, startWorld, type World } from './world.ts';

const definition = readFileSync(new URL('../../statemachines/rollouts/rollout.asl.json', import.meta.url), 'utf8');

/** Seconds for a step of the machine: a function's first call may take a while on a busy machine. */
const patience = 90;

let world: World;
let functions: Functions;
let topic: string;
let machineArn: string;

beforeAll(async () => {
  world = await startWorld();
  functions = await deployFunctions(world.services);
  topic = await createTopic('alarms');
  await subscribe(topic, functions['rollouts/on-alarm']);
  machineArn = await createMachine('rollout', resolve(definition));
}, 300_000);
afterAll(() => world.services.dispose());

/** The definition with what stands in place of its placeholders, and short pauses between tries. */
const resolve = (text: string): string => {
  const values: Record<string, string> = {
    BeginRolloutArn: functions['rollouts/begin-rollout'],
    JudgeRolloutArn: functions['rollouts/judge-rollout'],
    EndRolloutArn: functions['rollouts/end-rollout'],
    AlarmTopicArn: topic,
  };
  return text
    .replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? `no value for ${name}`)
    .replace(/"BackoffRate": 2/g, '"BackoffRate": 1')
    .replace(/"IntervalSeconds": 5/g, '"IntervalSeconds": 1');
};

/** Deploys v1.1.0 and starts the machine, as the API does. */
const start = async (deployed: Deployed, arn = machineArn) => {
  const { tenant, model } = deployed;
  const { id } = await deployed.deploy('v1.1.0', true);
  const machine = openRolloutMachine(arn);
  await machine.start({ tenant, model, rollout: id, attempt: 1 });
  const executionArn = executionArnOf(arn, id);
  return {
    id,
    machine,
    record: () => world.store.rollout(tenant, model, id),
    begun: () => expectRollout(world.store, { tenant, model, rollout: id }),
    execution: async () => (await new SFNClient({}).send(new DescribeExecutionCommand({ executionArn }))).status,
    inStage: (name: string) => eventually(async () => (await deployed.route())?.stage === name, patience),
    closed: () => eventually(async () => (await world.store.rollout(tenant, model, id))?.open === false, patience),
  };
};

const alarmsOf = async (rollout: string): Promise<string[]> => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await new CloudWatchClient({}).send(
    new DescribeAlarmsCommand({
      AlarmNamePrefix: `relearn-${rollout}`,
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    }),
  );
  return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName = '' }) => AlarmName).sort();
};

const stateOf = async (guard: string) => {
  const { CompositeAlarms = [] } = await new CloudWatchClient({}).send(
    new DescribeAlarmsCommand({ AlarmNames: [guard], AlarmTypes: ['CompositeAlarm'] }),
  );
  return CompositeAlarms[0]?.StateValue;
};

const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

/** What each guard of a rollout watches: data that leave it as it is, and data that let it fire. */
const harms: readonly [guard: string, metric: string, quiet: number[], harm: number[]][] = [
  ['failing', MetricName.ChallengerFailure, [0, 1, 1], times(3, 1)],
  ['malformed', MetricName.ChallengerMalformed, [0, 1, 1], times(3, 1)],
  ['slow', MetricName.ChallengerSlow, times(9, 1), times(10, 1)],
  ['less-accurate', MetricName.WorseThanMargin, [0.99], [1]],
  ['drifted', MetricName.ScoreDrift, [0.24], [0.25]],
];

describe('the rollout machine', () => {
  it('makes the alarms, walks the stages, promotes, deletes the alarms and closes the rollout', async () => {
    const deployed = await world.begin();
    await deployed.version(1, 'logistic');
    await deployed.seal(cases(150));
    const rollout = await start(deployed);
    await rollout.inStage('canary');
    expect(await alarmsOf(rollout.id)).toEqual([...planAlarms(await rollout.begun()).names].sort());
    await deployed.seal(cases(25, 150));
    await rollout.closed();
    expect(await rollout.record()).toMatchObject({ status: 'promoted', pairs: 175, open: false });
    expect(await alarmsOf(rollout.id)).toEqual([]);
    expect(await eventually(async () => (await rollout.execution()) === 'SUCCEEDED', patience)).toBe(true);
  }, 240_000);

  it('promotes where nobody asks the model: alarms that get no data are OK', async () => {
    const deployed = await world.begin({ ...quickRollout, strategy: 'blue-green', bakeSeconds: 1 });
    await deployed.version(1, 'logistic');
    const rollout = await start(deployed);
    await rollout.closed();
    expect(await rollout.record()).toMatchObject({ status: 'promoted', end: 'baked', pairs: 0 });
  }, 240_000);

  it.each(harms)(
    'rolls a challenger back by the guard %s, and not before it fires',
    async (guard, metric, quiet, harm) => {
      const deployed = await world.begin({
        tickSeconds: 600,
        stages: [{ name: 'canary', weight: 20, minimumSeconds: 600, minimumPairs: 0 }],
      });
      await deployed.version(1, 'logistic');
      const rollout = await start(deployed);
      const { guards } = planAlarms(await rollout.begun());
      expect(guards.map(({ name }) => name)).toEqual(harms.map(([name]) => alarmName(rollout.id, name)));
      // From then on nothing is judged for ten minutes: whatever rolls back has heard the alarm.
      await eventually(async () => (await rollout.record())?.waitsFor?.startsWith('canary lasts'), patience);
      const alarm = alarmName(rollout.id, guard);
      await world.cloudWatch.see(rollout.id, quiet, metric);
      expect(await stateOf(alarm)).toBe('OK');
      await world.cloudWatch.see(rollout.id, harm, metric);
      await eventually(async () => (await deployed.route())?.challenger === undefined, patience);
      expect(await stateOf(alarm)).toBe('ALARM');
      expect(await rollout.record()).toMatchObject({
        status: 'rolled-back',
        end: 'alarm',
        endReason: expect.stringContaining(`The alarm ${alarm} fired.`),
      });
      expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0 });
      const { items } = await world.audit.page(deployed.tenant, 5);
      expect(items.find(({ model }) => model === deployed.model)).toMatchObject({
        action: 'rolled-back',
        actor: 'rollouts:alarm',
      });
    },
    240_000,
  );

  it('rehearses a rollback: breaks nothing but a metric, and measures alarm and route', async () => {
    const deployed = await world.begin({ ...quickRollout, tickSeconds: 1 });
    const { tenant, model } = deployed;
    await deployed.version(1, 'logistic');
    await deployed.seal(cases(150));
    const rollout = await start(deployed);
    await rollout.inStage('canary');
    await deployed.seal(cases(25, 150));
    await rollout.closed();
    const { id } = await beginDrill(world, { tenant, model, actor: 'operator:user-1', reason: 'a rehearsal' });
    await rollout.machine.start({ tenant, model, rollout: id, attempt: 1 });
    await eventually(async () => (await world.store.rollout(tenant, model, id))?.open === false, patience);
    const record = await world.store.rollout(tenant, model, id);
    expect(record).toMatchObject({ kind: 'drill', status: 'rolled-back', end: 'alarm', version: 'v1.0.0' });
    // How fast it is to be is measured by `npm run bench:rollback`, on a machine that does nothing else.
    const { alarmToRouteMilliseconds = -1, totalMilliseconds } = record?.drill ?? {};
    expect(alarmToRouteMilliseconds).toBeGreaterThanOrEqual(0);
    expect(totalMilliseconds).toBeGreaterThanOrEqual(alarmToRouteMilliseconds);
    expect(await deployed.route()).toMatchObject({
      champion: { version: 'v1.1.0' },
      previous: [{ version: 'v1.0.0' }],
    });
    expect(await deployed.statusOf('v1.0.0')).toBe('retired');
    expect(await alarmsOf(id)).toEqual([]);
  }, 240_000);

  it('raises the alarm itself where the challenger fails on the cases that it is judged by', async () => {
    const deployed = await world.begin({
      margin: 0.5,
      tickSeconds: 1,
      stages: [{ name: 'shadow', weight: 0, minimumSeconds: 600, minimumPairs: 0 }],
    });
    await deployed.version(1, 'throws');
    const rollout = await start(deployed);
    await rollout.inStage('shadow');
    await deployed.seal(cases(4));
    await rollout.closed();
    expect(await rollout.record()).toMatchObject({ status: 'rolled-back', end: 'alarm', failures: 4 });
  }, 240_000);

  it('keeps the champion where a rollout cannot be judged, says why, and leaves no alarm', async () => {
    const deployed = await world.begin();
    await deployed.version(1, 'logistic');
    const rollout = await start(deployed);
    await rollout.inStage('shadow');
    await deployed.sealLost();
    await rollout.closed();
    expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0 });
    const record = await rollout.record();
    expect(record).toMatchObject({ status: 'expired', end: 'error' });
    expect(record?.endReason).toContain('SegmentCorruptedError');
    expect(await deployed.statusOf('v1.1.0')).toBe('staging');
    expect(await alarmsOf(rollout.id)).toEqual([]);
  }, 240_000);

  it('ends its execution in time for the next attempt to take over', async () => {
    const short = await createMachine('short', resolve(definition.replace('>= 1500', '>= 2')));
    const deployed = await world.begin();
    await deployed.version(1, 'logistic');
    const rollout = await start(deployed, short);
    await eventually(async () => (await rollout.execution()) === 'SUCCEEDED', patience);
    expect(await rollout.record()).toMatchObject({ status: 'running', attempt: 1 });
    expect(await reconcileRollouts(world.store, rollout.machine)).toContain(rollout.id);
    await deployed.seal(cases(150));
    await rollout.inStage('canary');
    expect(await rollout.record()).toMatchObject({ status: 'running', attempt: 2 });
  }, 240_000);
});
