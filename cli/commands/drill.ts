import type { Command } from 'commander';
import { expectAnswer, type Schemas } from '../../client/index.ts';
import { RolloutEnd } from '../../contracts/rollouts.ts';
import { isFinishedRollout, RolloutStatus } from '../../contracts/statuses.ts';
import { wholeNumber } from '../arguments.ts';
import { DrillFailedError } from '../errors.ts';
import type { OpenSession, Session } from '../session.ts';
import { currentText } from '../text/current.ts';
import { drillText } from '../text/drill.ts';

interface Options {
  readonly reason?: string;
  readonly seconds: number;
}

type Rollout = Schemas['Rollout'];

const pollMilliseconds = 500;

/** Whether nothing more will come: the measured times are written after the end. */
const isMeasured = ({ status, drill }: Rollout): boolean =>
  isFinishedRollout(status) && (status !== RolloutStatus.RolledBack || drill?.restoredAt !== undefined);

const standing = ({ status, stage, drill, waitsFor }: Rollout): string => {
  if (drill?.alarmedAt !== undefined) return 'the alarm has fired';
  if (drill?.brokenAt !== undefined) return 'failures are reported; the alarm has not fired yet';
  return `${status}, ${stage}${waitsFor === undefined ? '' : `: ${waitsFor}`}`;
};

/** Follows the drill to its end, and tells each change. @throws DrillFailedError where it takes longer */
const follow = async (session: Session, begun: Rollout, seconds: number): Promise<Rollout> => {
  const path = { model: begun.model, rollout: begun.id };
  const started = session.now();
  let told = '';
  for (let rollout = begun; ; ) {
    const now = standing(rollout);
    if (now !== told) session.tell(`${((session.now() - started) / 1000).toFixed(1).padStart(6)} s  ${now}`);
    told = now;
    if (isMeasured(rollout)) return rollout;
    if (session.now() - started > seconds * 1000) {
      throw new DrillFailedError(
        `Expected ${begun.id} to roll back within ${seconds} s; it is ${now}. Look at it: relearn rollouts show ${begun.model} ${begun.id}`,
      );
    }
    await session.pause(pollMilliseconds);
    rollout = expectAnswer(await session.api.GET('/v1/models/{model}/rollouts/{rollout}', { params: { path } }));
  }
};

/** `drill <model>`: rehearses a rollback and measures it. */
export const addDrill = (program: Command, open: OpenSession): void => {
  program
    .command('drill <model>')
    .description('rehearse a rollback without traffic, and measure it from the alarm to the route')
    .option('--reason <text>', 'kept in the audit')
    .option('--seconds <number>', 'how long the drill may take', wholeNumber, 300)
    .action(async (model: string, { seconds, reason }: Options, command: Command) => {
      const session = await open(command);
      const params = { path: { model } };
      const body = reason === undefined ? {} : { reason };
      const begun = expectAnswer(await session.api.POST('/v1/models/{model}/drills', { params, body }));
      session.tell(`drill ${begun.id}: ${begun.version} in the shadow of ${begun.base ?? 'the champion'}`);
      const rollout = await follow(session, begun, seconds);
      const current = expectAnswer(await session.api.GET('/v1/models/{model}/current', { params }));
      session.show({ rollout, current }, () => `${drillText(rollout)}\n${currentText(current)}`);
      if (rollout.status !== RolloutStatus.RolledBack || rollout.end !== RolloutEnd.Alarm) {
        throw new DrillFailedError(
          `Expected the alarm to roll ${rollout.id} back; it ended ${rollout.status} (${rollout.end ?? 'no end'}): ${rollout.endReason ?? 'no reason given'}`,
        );
      }
      if (current.rollout === rollout.id) {
        throw new DrillFailedError(`Expected the route to be without ${rollout.id}; it still carries it.`);
      }
    });
};
