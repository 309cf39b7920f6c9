/**
 * CloudWatch in memory: metrics that functions print, metric alarms on them, composite alarms, and the messages that go
 * to the topic when one of those fires. Without data an alarm is OK, or stays as it was, as its TreatMissingData says.
 */
import type { AlarmStates } from '../../../functions/rollouts/alarm-states.ts';
import { reportAlarms } from '../../../functions/rollouts/domain/alarm-health.ts';
import type { Call } from './scheduler.ts';

type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface MetricAlarm {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Statistic: 'Sum' | 'Average' | 'Maximum';
  readonly Threshold: number;
  readonly Period: number;
  readonly TreatMissingData: 'notBreaching' | 'ignore';
}

interface Alarm {
  readonly metric?: MetricAlarm;
  /** Names that all have to be in alarm. */
  readonly rule?: readonly string[];
  readonly description: string;
  readonly state: StateValue;
  readonly madeAt: number;
}

interface Datum {
  readonly at: number;
  readonly value: number;
}

const statistics: Readonly<Record<MetricAlarm['Statistic'], (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Maximum: (values) => Math.max(...values),
};

/** Milliseconds until a new alarm has judged for the first time. */
const firstEvaluation = 10_000;
/** Milliseconds until an alarm sees what a function has printed. */
const delivery = 2000;

export class CloudWatch {
  private readonly alarms = new Map<string, Alarm>();
  private readonly data = new Map<string, Datum[]>();
  private readonly now: () => number;
  private readonly publish: (message: string) => void;

  /** @param publish - takes what an alarm that fires sends to its topic */
  constructor(now: () => number, publish: (message: string) => void) {
    this.now = now;
    this.publish = publish;
  }

  get names(): readonly string[] {
    return [...this.alarms.keys()];
  }

  putMetricAlarm(input: MetricAlarm & { readonly AlarmName: string; readonly AlarmDescription?: string }): void {
    this.put(input.AlarmName, { metric: input, description: input.AlarmDescription ?? '' });
  }

  putCompositeAlarm(input: { AlarmName: string; AlarmDescription?: string; AlarmRule: string }): void {
    const rule = input.AlarmRule.split(' AND ').map((part) => {
      const name = /^ALARM\("(.+)"\)$/.exec(part.trim())?.[1];
      if (name === undefined) throw new Error(`Expected ALARM("name") joined by AND, got ${input.AlarmRule}.`);
      if (!this.alarms.has(name)) throw named('ValidationError', `${name} does not exist`);
      return name;
    });
    this.put(input.AlarmName, { rule, description: input.AlarmDescription ?? '' });
  }

  private put(name: string, given: Pick<Alarm, 'metric' | 'rule' | 'description'>): void {
    const { state = 'INSUFFICIENT_DATA', madeAt = this.now() } = this.alarms.get(name) ?? {};
    this.alarms.set(name, { ...given, state, madeAt });
    this.evaluate();
  }

  /** One alarm, which must exist and be named by no composite alarm. */
  delete(name: string): void {
    if (!this.alarms.has(name)) throw named('CloudWatch.ResourceNotFoundException', `${name} does not exist`);
    const user = [...this.alarms].find(([, { rule }]) => rule?.includes(name));
    if (user !== undefined) throw named('CloudWatch.ValidationErrorException', `${user[0]} names ${name}`);
    this.alarms.delete(name);
  }

  /** Takes a line of the embedded metric format; others are left alone. */
  read(line: string): void {
    const parsed = JSON.parse(line) as Record<string, number | number[]> & {
      _aws?: { CloudWatchMetrics: { Namespace: string; Metrics: { Name: string }[] }[] };
    };
    for (const { Namespace, Metrics } of parsed._aws?.CloudWatchMetrics ?? []) {
      for (const { Name } of Metrics) this.add(Namespace, Name, [parsed[Name] ?? []].flat());
    }
  }

  private add(namespace: string, metric: string, values: readonly number[]): void {
    const key = `${namespace} ${metric}`;
    const kept = this.data.get(key) ?? [];
    const at = this.now() + delivery;
    this.data.set(key, [...kept, ...values.map((value) => ({ at, value }))]);
  }

  /** Judges every alarm now; the composite ones, which name others, last. */
  evaluate(): void {
    for (const [name, alarm] of this.alarms) if (alarm.metric !== undefined) this.become(name, this.stateOf(alarm));
    for (const [name, alarm] of this.alarms) if (alarm.rule !== undefined) this.become(name, this.stateOf(alarm));
  }

  private stateOf({ metric, rule = [], madeAt, state }: Alarm): StateValue {
    const young = this.now() - madeAt < firstEvaluation;
    if (metric === undefined) {
      const states = rule.map((name) => this.alarms.get(name)?.state ?? 'INSUFFICIENT_DATA');
      if (states.every((state) => state === 'ALARM')) return 'ALARM';
      return states.includes('INSUFFICIENT_DATA') && young ? 'INSUFFICIENT_DATA' : 'OK';
    }
    const since = Math.max(madeAt, this.now() - metric.Period * 1000);
    const data = this.data.get(`${metric.Namespace} ${metric.MetricName}`) ?? [];
    const values = data.filter(({ at }) => at >= since && at <= this.now()).map(({ value }) => value);
    if (values.length === 0 && (young || metric.TreatMissingData === 'ignore')) return state;
    if (values.length === 0) return 'OK';
    return statistics[metric.Statistic](values) >= metric.Threshold ? 'ALARM' : 'OK';
  }

  private become(name: string, state: StateValue): void {
    const alarm = this.alarms.get(name);
    if (alarm === undefined || alarm.state === state) return;
    this.alarms.set(name, { ...alarm, state });
    if (alarm.rule === undefined || state !== 'ALARM') return;
    const message = { AlarmName: name, NewStateValue: state, AlarmDescription: alarm.description };
    this.publish(JSON.stringify({ ...message, StateChangeTime: new Date(this.now()).toISOString() }));
  }

  states(): ReadonlyMap<string, StateValue> {
    this.evaluate();
    return new Map([...this.alarms].map(([name, { state }]) => [name, state]));
  }
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** The port that reads the states, as `openAlarmStates` does. */
export const alarmStatesOf = (cloudWatch: CloudWatch, call: Call): AlarmStates => ({
  report: (alarms) => call('cloudwatch:DescribeAlarms', () => reportAlarms(alarms, cloudWatch.states())),
});
