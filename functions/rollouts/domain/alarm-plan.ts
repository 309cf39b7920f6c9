import { alarmName, MetricName, rolloutNamespace } from '../../../contracts/telemetry.ts';
import type { AlarmPlan, GuardPlan } from '../../../contracts/workflows.ts';

/** Share of the challenger's answers that may fail. A healthy model never throws, so this leaves room for time-outs. */
const failureRate = 0.05;
/** Failures below which a rate says nothing: one of two requests would be half. */
const leastFailures = 3;
/** CloudWatch evaluates alarms of 30 s every 10 s. */
const periodSeconds = 30;

/** Everything in CloudWatch that belongs to one rollout. */
export interface AlarmSet {
  readonly alarms: readonly AlarmPlan[];
  /** Fires while all of `alarms` do; the only one with an action. */
  readonly guard: GuardPlan;
  /** In an order in which they can be deleted. */
  readonly names: readonly string[];
}

/**
 * The alarms of a rollout, on metrics of its own namespace and without dimensions: they see no other rollout.
 * The challenger fails too often when its failure rate is high AND the failures are more than a few.
 */
export const planAlarms = (rollout: string, version: string): AlarmSet => {
  const on = { namespace: rolloutNamespace(rollout), metric: MetricName.ChallengerFailure, periodSeconds } as const;
  const alarms: readonly AlarmPlan[] = [
    {
      ...on,
      name: alarmName(rollout, 'failure-rate'),
      description: `At least ${100 * failureRate}% of what ${version} was asked failed.`,
      statistic: 'Average',
      threshold: failureRate,
    },
    {
      ...on,
      name: alarmName(rollout, 'failure-count'),
      description: `${version} failed at least ${leastFailures} times.`,
      statistic: 'Sum',
      threshold: leastFailures,
    },
  ];
  const guard: GuardPlan = {
    name: alarmName(rollout, 'failing'),
    description: `The challenger ${version} throws or answers malformed: its rollout is rolled back.`,
    rule: alarms.map(({ name }) => `ALARM("${name}")`).join(' AND '),
  };
  return { alarms, guard, names: [guard.name, ...alarms.map(({ name }) => name)] };
};
