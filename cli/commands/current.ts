import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import type { OpenSession } from '../session.ts';
import { currentText } from '../text/current.ts';

/** `current <model>`: what serves now. */
export const addCurrent = (program: Command, open: OpenSession): void => {
  program
    .command('current <model>')
    .description('what serves now: champion, challenger and weight')
    .action(async (model: string, _options: unknown, command: Command) => {
      const session = await open(command);
      const current = expectAnswer(
        await session.api.GET('/v1/models/{model}/current', { params: { path: { model } } }),
      );
      session.show(current, currentText);
    });
};
