import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import type { OpenSession } from '../session.ts';
import { rollbackText } from '../text/current.ts';

/** `rollback <model>`: goes back at once. */
export const addRollback = (program: Command, open: OpenSession): void => {
  program
    .command('rollback <model>')
    .description('go back at once: end the running rollout, or restore the champion before')
    .requiredOption('--reason <text>', 'kept in the audit')
    .option('--from <version>', 'the version to go back from; where it serves no longer, nothing changes')
    .action(async (model: string, body: { reason: string; from?: string }, command: Command) => {
      const session = await open(command);
      const done = expectAnswer(
        await session.api.POST('/v1/models/{model}/rollback', { params: { path: { model } }, body }),
      );
      session.show(done, rollbackText);
    });
};
