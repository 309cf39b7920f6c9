import * as z from 'zod';
import { RolloutEnd } from '../../../contracts/rollouts.ts';
import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { rolloutOfAlarm } from '../../../contracts/telemetry.ts';
import { logger } from '../../platform/telemetry.ts';
import { rollBack } from '../domain/changes.ts';
import { type EndDependencies, endRollout } from './end-rollout.ts';

/** What CloudWatch says of an alarm; only what is read of it. */
const AlarmMessage = z.object({
  AlarmName: z.string(),
  NewStateValue: z.string(),
  AlarmDescription: z.string().nullish(),
  NewStateReason: z.string().nullish(),
});

const longestReason = 1000;

/** What an alarm's message led to. */
export const AlarmEffect = { RolledBack: 'rolled-back', Ignored: 'ignored' } as const;
export type AlarmEffect = (typeof AlarmEffect)[keyof typeof AlarmEffect];

/** The alarm's message, or why it asks for nothing. */
const readAlarm = (message: string): { name: string; rollout: string; reason: string } | string => {
  const alarm = AlarmMessage.safeParse(parse(message)).data;
  if (alarm === undefined) return 'not the message of an alarm';
  const { AlarmName: name, NewStateValue, AlarmDescription, NewStateReason } = alarm;
  if (NewStateValue !== 'ALARM') return `${name} went to ${NewStateValue}`;
  const rollout = rolloutOfAlarm(name);
  if (rollout === undefined) return `${name} belongs to no rollout`;
  const said = [`The alarm ${name} fired.`, AlarmDescription, NewStateReason].filter((text) => text != null);
  return { name, rollout, reason: said.join(' ').slice(0, longestReason) };
};

/**
 * Rolls back the rollout that an alarm belongs to, while it runs. Another's alarm, a late one, and one that went back
 * to OK are ignored and logged: an alarm acts on its own rollout or on nothing.
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
    const { rollout: id, name, reason } = alarm;
    const owner = await store.owner(id);
    if (owner === undefined) return ignored(`${name} belongs to a rollout that never began`);
    const present = await store.rollout(owner.tenant, owner.model, id);
    if (present === undefined || isFinishedRollout(present.status)) return ignored(`the rollout of ${name} has ended`);

    const { end } = await endRollout(
      dependencies,
      { ...owner, rollout: id },
      'rollouts:alarm',
      (route, rollout, evidence, occasion) => rollBack(route, rollout, RolloutEnd.Alarm, reason, evidence, occasion),
    );
    return end === RolloutEnd.Alarm ? AlarmEffect.RolledBack : ignored(`the rollout of ${name} ended meanwhile`);
  };

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
