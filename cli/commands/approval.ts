import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import type { OpenSession } from '../session.ts';
import { rolloutText } from '../text/rollout.ts';

const answers = [
  { name: 'approve', approve: true, description: 'let a rollout that waits for approval be promoted' },
  { name: 'decline', approve: false, description: 'end a rollout that waits for approval; the champion stays' },
] as const;

/** `approve <model> <rollout>` and `decline <model> <rollout>`. */
export const addApproval = (program: Command, open: OpenSession): void => {
  for (const { name, approve, description } of answers) {
    program
      .command(`${name} <model> <rollout>`)
      .description(description)
      .requiredOption('--reason <text>', 'kept in the audit')
      .action(async (model: string, rollout: string, { reason }: { reason: string }, command: Command) => {
        const session = await open(command);
        const request = { params: { path: { model, rollout } }, body: { approve, reason } };
        session.show(
          expectAnswer(await session.api.POST('/v1/models/{model}/rollouts/{rollout}/approval', request)),
          rolloutText,
        );
      });
  }
};
