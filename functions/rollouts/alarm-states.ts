import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { type AlarmReport, reportAlarms } from './domain/alarm-health.ts';
import type { AlarmSet } from './domain/alarm-plan.ts';

/** Reads what the alarms of a rollout say. */
export interface AlarmStates {
  report(alarms: AlarmSet): Promise<AlarmReport>;
}

export const openAlarmStates = (): AlarmStates => {
  const client = new CloudWatchClient({});
  return {
    report: async (alarms) => {
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
        new DescribeAlarmsCommand({ AlarmNames: [...alarms.names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
      );
      const states = [...MetricAlarms, ...CompositeAlarms].flatMap(({ AlarmName, StateValue }) =>
        AlarmName === undefined || StateValue === undefined ? [] : [[AlarmName, StateValue] as const],
      );
      return reportAlarms(alarms, new Map(states));
    },
  };
};
