import type { AlarmSet } from './alarm-plan.ts';

/** What the alarms of a rollout say together. */
export const AlarmHealth = {
  Ok: 'ok',
  Alarm: 'alarm',
  /** Some alarm has no datum yet to judge by. */
  InsufficientData: 'insufficient-data',
  /** Some alarm does not exist: its rollout must have no traffic. */
  Missing: 'missing',
} as const;
export type AlarmHealth = (typeof AlarmHealth)[keyof typeof AlarmHealth];

export interface AlarmReport {
  readonly health: AlarmHealth;
  /** What the guards that fire are there for; set exactly with `alarm`. */
  readonly firing?: string;
}

/** CloudWatch's own words. */
type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** @param states - of the alarms that exist, by name */
export const reportAlarms = ({ guards, names }: AlarmSet, states: ReadonlyMap<string, AlarmState>): AlarmReport => {
  const firing = guards.filter(({ name }) => states.get(name) === 'ALARM');
  if (firing.length > 0) {
    const said = firing.map(({ name, description }) => `${name}: ${description}`).join(' ');
    return { health: AlarmHealth.Alarm, firing: said };
  }
  const found = names.map((name) => states.get(name));
  if (found.includes(undefined)) return { health: AlarmHealth.Missing };
  return { health: found.includes('INSUFFICIENT_DATA') ? AlarmHealth.InsufficientData : AlarmHealth.Ok };
};
