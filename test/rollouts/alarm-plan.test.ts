import { describe, expect, it } from '@jest/globals';
import { Strategy } from '../../contracts/rollout-policy.ts';
import { MetricName, rolloutOfAlarm } from '../../contracts/telemetry.ts';
import { AlarmHealth, reportAlarms } from '../../functions/rollouts/domain/alarm-health.ts';
import { planAlarms } from '../../functions/rollouts/domain/alarm-plan.ts';
import { begun, policyWith, rolloutId } from './specimens.ts';

const { rollout } = begun();
const plan = planAlarms(rollout);
const guardsOf = (given: Parameters<typeof policyWith>[0], kind = rollout.kind): string[] =>
  planAlarms({ ...rollout, kind, policy: policyWith(given) }).guards.map(({ name }) => name.slice(8 + 31));

describe('the alarms of a rollout', () => {
  it('watch the namespace of that rollout alone, and carry its name', () => {
    for (const name of plan.names) expect(rolloutOfAlarm(name)).toBe(rolloutId(1));
    for (const { namespace } of plan.alarms) expect(namespace).toContain(rolloutId(1));
  });

  it('guard against failures, malformed answers, latency, lost accuracy and drift', () => {
    expect(guardsOf({})).toEqual(['failing', 'malformed', 'slow', 'less-accurate', 'drifted']);
  });

  it('guard against what the evidence can show, and no more', () => {
    const randomised = { evidence: 'randomised' } as const;
    expect(guardsOf(randomised)).toEqual(['failing', 'malformed', 'slow', 'less-accurate']);
    expect(guardsOf({ ...randomised, strategy: Strategy.Bandit })).toEqual(['failing', 'malformed', 'slow']);
    expect(guardsOf({}, 'drill')).toEqual(['failing']);
  });

  it('tell of labels that are missing in one arm, which rolls nothing back, where live answers are compared', () => {
    const noticesOf = (given: Parameters<typeof policyWith>[0]) => {
      const { alarms, guards } = planAlarms({ ...rollout, policy: policyWith(given) });
      const rules = guards.map(({ rule }) => rule).join(' ');
      return alarms.filter(({ notifies, name }) => notifies && !rules.includes(name)).map(({ metric }) => metric);
    };
    expect(noticesOf({ evidence: 'randomised' })).toEqual([MetricName.MissingLabelsDiffer]);
    expect(noticesOf({})).toEqual([]);
    expect(noticesOf({ evidence: 'randomised', strategy: Strategy.Bandit })).toEqual([]);
  });

  it('act together: a high rate of a few requests does not', () => {
    const [failing] = plan.guards;
    const watching = plan.alarms.filter(({ metric }) => metric === MetricName.ChallengerFailure);
    expect(failing?.rule).toBe(watching.map(({ name }) => `ALARM("${name}")`).join(' AND '));
    expect(watching.map(({ statistic }) => statistic)).toEqual(['Average', 'Sum']);
  });

  it('are named each by one rule, and are deleted the guards first: an alarm that a rule names cannot be deleted', () => {
    const rules = plan.guards.map(({ rule }) => rule).join(' ');
    for (const { name } of plan.alarms) expect(rules.split(`"${name}"`)).toHaveLength(2);
    expect(plan.names.slice(0, plan.guards.length)).toEqual(plan.guards.map(({ name }) => name));
    expect(plan.names).toHaveLength(plan.alarms.length + plan.guards.length);
  });
});

describe('what the alarms say together', () => {
  const allOk = plan.names.map((name) => [name, 'OK'] as const);
  const states = (...given: (readonly [string | undefined, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'])[]) =>
    new Map([...allOk, ...given.map(([name = '', state]) => [name, state] as const)]);

  it('is OK where all are', () => {
    expect(reportAlarms(plan, states())).toEqual({ health: AlarmHealth.Ok });
  });

  it('names the guard that fires, whatever the others say', () => {
    const slow = plan.guards.find(({ name }) => name.endsWith('slow'));
    const report = reportAlarms(plan, states([slow?.name, 'ALARM'], [plan.alarms[0]?.name, 'INSUFFICIENT_DATA']));
    expect(report.health).toBe(AlarmHealth.Alarm);
    expect(report.firing).toContain('slowMilliseconds');
    expect(report.firing).toContain(slow?.name);
  });

  it('is no alarm where a part of a rule holds and its guard does not fire', () => {
    expect(reportAlarms(plan, states([plan.alarms[0]?.name, 'ALARM'])).health).toBe(AlarmHealth.Ok);
  });

  it('is unknown where one has no datum, and missing where one does not exist', () => {
    expect(reportAlarms(plan, states([plan.names.at(-1), 'INSUFFICIENT_DATA'])).health).toBe(
      AlarmHealth.InsufficientData,
    );
    expect(reportAlarms(plan, new Map(allOk.slice(1))).health).toBe(AlarmHealth.Missing);
  });
});
