import { isFinishedRollout } from '../../../contracts/statuses.ts';
import type { Sequence } from '../sequence.ts';

/** Messages that must change nothing: of a rollout that is well, has ended or is none, or of an alarm that is no guard. */
export const Forged = {
  Ok: 'ok',
  NoGuard: 'no-guard',
  Ended: 'ended',
  Unknown: 'unknown',
  Garbage: 'garbage',
} as const;
export type Forged = (typeof Forged)[keyof typeof Forged];

export const forge = (sequence: Sequence, forged: Forged): string => {
  const rollouts = sequence.rollouts().map(({ rollout }) => rollout);
  const nobody = `rol_${'0'.repeat(26)}`;
  const running = rollouts.find(({ status }) => !isFinishedRollout(status))?.id ?? nobody;
  const ended = rollouts.find(({ status }) => isFinishedRollout(status))?.id ?? nobody;
  const message = (id: string, NewStateValue: string, alarm = 'failing') =>
    JSON.stringify({ AlarmName: `relearn-${id}-${alarm}`, NewStateValue });
  const messages: Readonly<Record<Forged, string>> = {
    ok: message(running, 'OK'),
    'no-guard': message(running, 'ALARM', 'failing-rate'),
    ended: message(ended, 'ALARM'),
    unknown: message(nobody, 'ALARM'),
    garbage: '{"AlarmName":',
  };
  return messages[forged];
};
