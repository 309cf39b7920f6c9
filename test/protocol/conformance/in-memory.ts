/** The fakes of the protocol check, opened as the suites take them. */
import { MetricName, rolloutNamespace } from '../../../contracts/telemetry.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { planAlarms } from '../../../functions/rollouts/domain/alarm-plan.ts';
import { alarmStatesOf, CloudWatch } from '../cloud/alarms.ts';
import { Executions, rolloutMachineOf } from '../cloud/executions.ts';
import { outcomeReaderOf, ScriptedOutcomes } from '../cloud/outcomes.ts';
import { openScheduler } from '../cloud/scheduler.ts';
import { interpret } from '../cloud/state-machine.ts';
import { type Command, MemoryTable } from '../dynamodb/memory-table.ts';
import type { Alarms, Machines, Outcomes } from './ports-suite.ts';
import type { RunMachine } from './states-suite.ts';

export const memoryTable = (): Table => {
  const items = new MemoryTable();
  const send = async (command: Command) => items.execute(command);
  return { client: { send } as unknown as Table['client'], table: 'relearn' };
};

/** Outside of any process every call is carried out at once. */
const { call } = openScheduler(() => {});

const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } };

export const memoryMachines = (): Machines => {
  const executions = new Executions((execution) =>
    execution.begin(
      waiting,
      () => 0,
      () => {
        throw new Error('a waiting machine has no tasks');
      },
    ),
  );
  return {
    machine: rolloutMachineOf(executions, call),
    stop: async (rollout) => {
      executions.all.get(`${rollout}-1`)?.abort();
    },
  };
};

export const runInMemory: RunMachine = async (definition, input) => {
  const cloudWatch = new CloudWatch(
    () => 0,
    () => {},
  );
  const task = async (_: string, given: unknown): Promise<void> => {
    for (const name of (given as { AlarmNames: string[] }).AlarmNames) cloudWatch.delete(name);
  };
  try {
    return { output: await interpret(definition, input, { task, wait: async () => {} }) };
  } catch (error) {
    return { error: (error as Error).name };
  }
};

export const memoryAlarms = (): Alarms => {
  let now = 0;
  const cloudWatch = new CloudWatch(
    () => now,
    () => {},
  );
  return {
    states: alarmStatesOf(cloudWatch, call),
    make: async (rollout) => {
      const { alarms, guards } = planAlarms(rollout);
      for (const { name, namespace, metric, statistic, threshold, periodSeconds, missingData } of alarms) {
        cloudWatch.putMetricAlarm({
          AlarmName: name,
          Namespace: namespace,
          MetricName: metric,
          Statistic: statistic,
          Threshold: threshold,
          Period: periodSeconds,
          TreatMissingData: missingData,
        });
      }
      for (const { name, description, rule } of guards) {
        cloudWatch.putCompositeAlarm({ AlarmName: name, AlarmDescription: description, AlarmRule: rule });
      }
    },
    see: async ({ id }, failures) => {
      const Metrics = [{ Name: MetricName.ChallengerFailure }];
      const _aws = {
        Timestamp: now,
        CloudWatchMetrics: [{ Namespace: rolloutNamespace(id), Dimensions: [[]], Metrics }],
      };
      cloudWatch.read(JSON.stringify({ _aws, [MetricName.ChallengerFailure]: failures }));
      now += 15_000;
    },
  };
};

export const memoryOutcomes = (): Outcomes => {
  const outcomes = new ScriptedOutcomes();
  return {
    reader: outcomeReaderOf(outcomes, call),
    add: async (...given) => outcomes.add(...given),
  };
};
