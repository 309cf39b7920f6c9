import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { MetricName, rolloutNamespace } from '../../contracts/telemetry.ts';
import { planAlarms } from '../../functions/rollouts/domain/alarm-plan.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';

/** Makes the alarms of a rollout as the state machine does, and lets them see answers: an alarm judges at a datum. */
export const openEmulatedAlarms = () => {
  const client = new CloudWatchClient({});
  return {
    /** @param actions - topics that hear of an alarm of the rollout */
    make: async (rollout: RolloutRecord, actions: string[] = []): Promise<void> => {
      const { alarms, guards } = planAlarms(rollout);
      for (const { name, namespace, metric, statistic, threshold, periodSeconds, missingData } of alarms) {
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
            TreatMissingData: missingData,
          }),
        );
      }
      for (const { name, rule } of guards) {
        await client.send(new PutCompositeAlarmCommand({ AlarmName: name, AlarmRule: rule, AlarmActions: actions }));
      }
    },
    /** @param values - of the metric; of its failures 0 or 1 for each answer. Every other metric sees as many zeros. */
    see: async (
      rollout: RolloutRecord,
      values: readonly number[],
      seen: string = MetricName.ChallengerFailure,
    ): Promise<void> => {
      const metrics = [...new Set(planAlarms(rollout).alarms.map(({ metric }) => metric))];
      const MetricData = metrics.flatMap((metric) =>
        values.map((value) => ({
          MetricName: metric,
          Value: metric === seen ? value : 0,
          StorageResolution: 1,
        })),
      );
      await client.send(new PutMetricDataCommand({ Namespace: rolloutNamespace(rollout.id), MetricData }));
    },
  };
};
