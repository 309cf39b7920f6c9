import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import type { OpenSession } from '../session.ts';
import { decisionsText } from '../text/decisions.ts';
import { type PageOptions, paged } from './paging.ts';

/** `decisions <model>`: why it was not trained. */
export const addDecisions = (program: Command, open: OpenSession): void => {
  paged(program.command('decisions <model>'))
    .description('why a model was not trained, by day and reason, the newest first')
    .action(async (model: string, query: PageOptions, command: Command) => {
      const session = await open(command);
      session.show(
        expectAnswer(
          await session.api.GET('/v1/models/{model}/training-decisions', { params: { path: { model }, query } }),
        ),
        decisionsText,
      );
    });
};
