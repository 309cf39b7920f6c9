import { readFileSync } from 'node:fs';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planAlarms } from '../../functions/rollouts/domain/alarm-plan.ts';
import { eventually } from '../local/support/eventually.ts';
import { startTestServices, type TestServices } from '../support/services.ts';
import { createTopic } from './deployed-functions.ts';
import { createMachine } from './machines.ts';
import { begun, policyWith } from './specimens.ts';

const definition = readFileSync(new URL('../../statemachines/rollouts/rollout.asl.json', import.meta.url), 'utf8');

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices();
}, 120_000);
afterAll(() => services.dispose());

const { rollout } = begun(policyWith({ evidence: 'randomised' }));
const { alarms, guards } = planAlarms(rollout);

/** The state of the rollout's machine that makes the alarms, alone. */
const alarmsMachine = (topic: string): string => {
  const { MakeAlarms } = JSON.parse(definition.replaceAll('${AlarmTopicArn}', topic)).States;
  const { Next: _, ...last } = MakeAlarms;
  const States = {
    Begin: { Type: 'Pass', Assign: { plan: '{% $states.input %}' }, Next: 'MakeAlarms' },
    MakeAlarms: { ...last, End: true },
    EndRollout: { Type: 'Fail' },
  };
  return JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Begin', States });
};

describe('an alarm that hears nothing for a while', () => {
  it('keeps its state where it tells of itself, and is over where it is under a guard', () => {
    const rules = guards.map(({ rule }) => rule).join(' ');
    for (const { name, notifies, missingData } of alarms) {
      expect({ name, notifies }).toEqual({ name, notifies: !rules.includes(`"${name}"`) });
      expect({ name, missingData }).toEqual({ name, missingData: notifies ? 'ignore' : 'notBreaching' });
    }
    expect(new Set(alarms.map(({ notifies }) => notifies))).toEqual(new Set([true, false]));
  });

  it('is made so by the machine', async () => {
    const topic = await createTopic('alarms');
    const stateMachineArn = await createMachine('make-alarms', alarmsMachine(topic));
    const stepFunctions = new SFNClient({});
    const input = JSON.stringify({ alarms });
    const { executionArn } = await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input }));
    const status = async () => (await stepFunctions.send(new DescribeExecutionCommand({ executionArn }))).status;
    await eventually(async () => (await status()) !== 'RUNNING', 60);
    expect(await status()).toBe('SUCCEEDED');
    const { MetricAlarms = [] } = await new CloudWatchClient({}).send(new DescribeAlarmsCommand({}));
    const made = MetricAlarms.map(({ AlarmName, TreatMissingData, AlarmActions }) => ({
      name: AlarmName,
      missingData: TreatMissingData,
      actions: AlarmActions,
    }));
    const planned = alarms.map(({ name, missingData, notifies }) => ({
      name,
      missingData,
      actions: notifies ? [topic] : [],
    }));
    const byName = (one: { name?: string | undefined }, other: { name?: string | undefined }) =>
      (one.name ?? '').localeCompare(other.name ?? '');
    expect(made.sort(byName)).toEqual(planned.sort(byName));
  }, 90_000);
});
