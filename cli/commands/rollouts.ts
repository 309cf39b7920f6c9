import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import type { OpenSession } from '../session.ts';
import { rolloutText } from '../text/rollout.ts';
import { rolloutsText } from '../text/rollouts.ts';
import { type PageOptions, paged } from './paging.ts';

/** `rollouts list <model>` and `rollouts show <model> <rollout>`. */
export const addRollouts = (program: Command, open: OpenSession): void => {
  const rollouts = program.command('rollouts').description('what was rolled out, and how it stands');
  paged(rollouts.command('list <model>'))
    .description('the rollouts of a model, the newest first')
    .action(async (model: string, query: PageOptions, command: Command) => {
      const session = await open(command);
      const page = expectAnswer(
        await session.api.GET('/v1/models/{model}/rollouts', { params: { path: { model }, query } }),
      );
      session.show(page, rolloutsText);
    });
  rollouts
    .command('show <model> <rollout>')
    .description('one rollout: its stages and its evidence')
    .action(async (model: string, rollout: string, _options: unknown, command: Command) => {
      const session = await open(command);
      const path = { model, rollout };
      session.show(
        expectAnswer(await session.api.GET('/v1/models/{model}/rollouts/{rollout}', { params: { path } })),
        rolloutText,
      );
    });
};
