import { type Command, Option } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import type { OpenSession, Session } from '../session.ts';
import { suggestionsText } from '../text/suggestions.ts';

interface Options {
  readonly dataset?: string;
  readonly cut?: boolean;
}

/** Cuts a dataset of the cases as they are now; where nothing is new, it is the one that there was. */
const cutDataset = async ({ api }: Session, model: string): Promise<string> =>
  expectAnswer(await api.POST('/v1/models/{model}/datasets', { params: { path: { model } } })).id;

/** `suggest <model>`: what is wrong with its cases, and how to train on them. */
export const addSuggest = (program: Command, open: OpenSession): void => {
  program
    .command('suggest <model>')
    .description('what is wrong with the cases of a model, and how to train on them, each with its reason')
    .option('--dataset <id>', 'default: the newest')
    .addOption(new Option('--cut', 'cut a dataset of the cases as they are now, and look at that').conflicts('dataset'))
    .action(async (model: string, { dataset, cut }: Options, command: Command) => {
      const session = await open(command);
      const body = { dataset: cut ? await cutDataset(session, model) : dataset };
      session.show(
        expectAnswer(await session.api.POST('/v1/models/{model}/suggestions', { params: { path: { model } }, body })),
        suggestionsText,
      );
    });
};
