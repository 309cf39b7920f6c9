import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { AlarmHealth } from './domain/stages.ts';

/** Reads what the alarms of a rollout say. */
export interface AlarmStates {
  /**
   * @param guard - the alarm that acts
   * @param names - of all alarms of the rollout
   */
  health(guard: string, names: readonly string[]): Promise<AlarmHealth>;
}

export const openAlarmStates = (): AlarmStates => {
  const client = new CloudWatchClient({});
  return {
    health: async (guard, names) => {
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
        new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
      );
      const states = new Map([...MetricAlarms, ...CompositeAlarms].map((alarm) => [alarm.AlarmName, alarm.StateValue]));
      if (states.get(guard) === 'ALARM') return AlarmHealth.Alarm;
      const found = names.map((name) => states.get(name));
      if (found.includes(undefined)) return AlarmHealth.Missing;
      return found.includes('INSUFFICIENT_DATA') ? AlarmHealth.InsufficientData : AlarmHealth.Ok;
    },
  };
};
