/** The emulator's services, opened as the suites take them. */
import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { MetricName, rolloutNamespace } from '../../../contracts/telemetry.ts';
import { rolloutOutcomeEntity } from '../../../functions/inference/index.ts';
import type { Table } from '../../../functions/platform/table.ts';
import type { AlarmStates } from '../../../functions/rollouts/alarm-states.ts';
import { planAlarms } from '../../../functions/rollouts/domain/alarm-plan.ts';
import type { OutcomeReader } from '../../../functions/rollouts/store/outcome-reader.ts';
import { ScriptedOutcomes } from '../cloud/outcomes.ts';
import type { Alarms, Outcomes } from './ports-suite.ts';

/** The emulator judges an alarm when it is given a datum of its metric. */
export const emulatedAlarms = (states: AlarmStates): Alarms => {
  const client = new CloudWatchClient({});
  return {
    states,
    make: async (rollout) => {
      const { alarms, guards } = planAlarms(rollout);
      for (const { name, namespace, metric, statistic, threshold, periodSeconds } of alarms) {
        await client.send(
          new PutMetricAlarmCommand({
            AlarmName: name,
            Namespace: namespace,
            MetricName: metric,
            Statistic: statistic,
            Threshold: threshold,
            Period: periodSeconds,
            EvaluationPeriods: 1,
            ComparisonOperator: 'GreaterThanOrEqualToThreshold',
            TreatMissingData: 'notBreaching',
          }),
        );
      }
      for (const { name, rule } of guards) {
        await client.send(new PutCompositeAlarmCommand({ AlarmName: name, AlarmRule: rule }));
      }
    },
    see: async (rollout, failures) => {
      const metrics = [...new Set(planAlarms(rollout).alarms.map(({ metric }) => metric))];
      const MetricData = metrics.flatMap((metric) =>
        failures.map((failure) => ({
          MetricName: metric,
          Value: metric === MetricName.ChallengerFailure ? failure : 0,
          StorageResolution: 1,
        })),
      );
      await client.send(new PutMetricDataCommand({ Namespace: rolloutNamespace(rollout.id), MetricData }));
    },
  };
};

/** Outcomes as the inference slice stores them. */
export const storedOutcomes = (table: Table, reader: OutcomeReader): Outcomes => {
  const entity = rolloutOutcomeEntity(table);
  const scripted = new ScriptedOutcomes();
  const of = { tenant: 'acme', model: 'model', ttl: 4_102_444_800 };
  return {
    reader,
    add: async (route, now, outcomes) => {
      const { rollout = '' } = route;
      scripted.add(route, now, outcomes);
      const items = scripted.of(rollout, now, now + 1).map(({ milliseconds = 1, subject: _, ...outcome }) => ({
        ...of,
        ...outcome,
        ...{ rollout, milliseconds, version: outcome.assigned },
      }));
      await entity.put(items).go();
    },
  };
};
