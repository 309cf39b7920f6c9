import * as z from 'zod';
import { RolloutEnd, RolloutKind } from '../../../contracts/rollouts.ts';
import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { rolloutOfAlarm } from '../../../contracts/telemetry.ts';
import { logger } from '../../platform/telemetry.ts';
import { planAlarms } from '../domain/alarm-plan.ts';
import { rollBack, withAlarm } from '../domain/changes.ts';
import { type EndDependencies, endRollout, expectRollout } from './end-rollout.ts';
import { measureDrill } from './measure-drill.ts';

/** What CloudWatch says of an alarm; only what is read of it. */
const AlarmMessage = z.object({
  AlarmName: z.string(),
  NewStateValue: z.string(),
  AlarmDescription: z.string().nullish(),
  NewStateReason: z.string().nullish(),
  StateChangeTime: z.string().nullish(),
});

const actor = 'rollouts:alarm';
const longestReason = 1000;

/** What an alarm's message led to. */
export const AlarmEffect = { RolledBack: 'rolled-back', Ignored: 'ignored' } as const;
export type AlarmEffect = (typeof AlarmEffect)[keyof typeof AlarmEffect];

interface Alarm {
  readonly name: string;
  readonly rollout: string;
  readonly reason: string;
  /** When it fired, ISO 8601, UTC; absent where it does not say. */
  readonly firedAt?: string;
}

/** The alarm's message, or why it asks for nothing. */
const readAlarm = (message: string): Alarm | string => {
  const alarm = AlarmMessage.safeParse(parse(message)).data;
  if (alarm === undefined) return 'not the message of an alarm';
  const { AlarmName: name, NewStateValue, AlarmDescription, NewStateReason, StateChangeTime } = alarm;
  if (NewStateValue !== 'ALARM') return `${name} went to ${NewStateValue}`;
  const rollout = rolloutOfAlarm(name);
  if (rollout === undefined) return `${name} belongs to no rollout`;
  const said = [`The alarm ${name} fired.`, AlarmDescription, NewStateReason].filter((text) => text != null);
  const firedAt = Date.parse(StateChangeTime ?? '');
  return {
    name,
    rollout,
    reason: said.join(' ').slice(0, longestReason),
    ...(Number.isNaN(firedAt) ? {} : { firedAt: new Date(firedAt).toISOString() }),
  };
};

/**
 * Rolls back the rollout that an alarm belongs to, while it runs. Another's alarm, a late one, and one that went back
 * to OK are ignored and logged: a guard acts on its own rollout or on nothing, and other alarms only tell. A drill is measured.
 *
 * @returns reads one message, as SNS carries it
 */
export const openAlarmRollback =
  (dependencies: EndDependencies) =>
  async (message: string): Promise<AlarmEffect> => {
    const { store } = dependencies;
    const ignored = (why: string): AlarmEffect => {
      logger.info('alarm ignored', { why });
      return AlarmEffect.Ignored;
    };
    const alarm = readAlarm(message);
    if (typeof alarm === 'string') return ignored(alarm);
    const { rollout: id, name, reason, firedAt } = alarm;
    const owner = await store.owner(id);
    if (owner === undefined) return ignored(`${name} belongs to a rollout that never began`);
    const key = { ...owner, rollout: id };
    const present = await expectRollout(store, key);
    if (planAlarms(present).guards.every((guard) => guard.name !== name)) return ignored(`${name} is no guard`);
    const isLate = isFinishedRollout(present.status);

    const { end, kind } = await endRollout(dependencies, key, actor, (route, rollout, evidence, occasion) => {
      const isDrill = rollout.kind === RolloutKind.Drill;
      const alarmed = isDrill ? withAlarm(rollout, firedAt ?? occasion.at) : rollout;
      return rollBack(route, alarmed, RolloutEnd.Alarm, reason, evidence, occasion);
    });
    // Also where the message comes again, because the measurement of the first time was lost.
    if (kind === RolloutKind.Drill && end === RolloutEnd.Alarm) await measureDrill(dependencies, key, actor);
    if (isLate) return ignored(`the rollout of ${name} has ended`);
    return end === RolloutEnd.Alarm ? AlarmEffect.RolledBack : ignored(`the rollout of ${name} ended meanwhile`);
  };

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
