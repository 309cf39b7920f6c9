import { type Command, Option } from 'commander';
import { expectAnswer, type Schemas } from '../../client/index.ts';
import { Metric } from '../../contracts/model.ts';
import { parameter, seed, several, wholeNumber } from '../arguments.ts';
import { followJob } from '../follow-job.ts';
import type { OpenSession, Session } from '../session.ts';
import { jobText } from '../text/training.ts';

interface RecipeOptions {
  readonly metric?: Metric;
  readonly seconds?: number;
  readonly trials?: number;
  readonly algorithm?: string[];
  readonly parameter?: [name: string, value: unknown][];
}

interface Options extends RecipeOptions {
  readonly reason?: string;
  readonly seed?: number;
  readonly rollOut: boolean;
  readonly follow?: boolean;
}

type Recipe = NonNullable<Schemas['NewTrainingJob']['recipe']>;

/** What of the model's recipe is replaced. A job's parameters replace all of them, so those that stay are sent along. */
const recipeOf = async (
  { api }: Session,
  model: string,
  { metric, seconds, trials, algorithm: algorithms, parameter: others = [] }: RecipeOptions,
): Promise<Recipe | undefined> => {
  const given = Object.entries({ ...Object.fromEntries(others), seconds, trials, algorithms }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length === 0) return metric === undefined ? undefined : { metric };
  const { recipe } = expectAnswer(await api.GET('/v1/models/{model}', { params: { path: { model } } }));
  // The platform says which values are none of a parameter's.
  const parameters = { ...recipe.parameters, ...Object.fromEntries(given) } as Recipe['parameters'];
  return { metric, parameters };
};

/** `train <model>`: trains now. */
export const addTrain = (program: Command, open: OpenSession): void => {
  program
    .command('train <model>')
    .description('train now, and follow it to its version; what is not given is as the model declares')
    .option('--reason <text>', 'kept in the audit')
    .option('--seconds <number>', 'budget of the search', wholeNumber)
    .option('--trials <number>', 'settings that are tried at most', wholeNumber)
    .option(
      '--algorithm <name>',
      'to choose from; may be repeated',
      several((text) => text),
    )
    .addOption(new Option('--metric <name>', 'by which candidates are chosen').choices(Object.values(Metric)))
    .option('--parameter <name=value>', 'another of the recipe; may be repeated', several(parameter))
    .option('--seed <number>', 'of all that is drawn by chance', seed)
    .option('--no-roll-out', 'register the version, and leave it at that')
    .option('--follow', 'tell how it goes, to its end; default: on a terminal')
    .option('--no-follow', 'begin it only')
    .action(async (model: string, options: Options, command: Command) => {
      const session = await open(command);
      const { reason, seed, rollOut, follow = session.watched } = options;
      const body = { reason, seed, rollOut, recipe: await recipeOf(session, model, options) };
      const job = expectAnswer(
        await session.api.POST('/v1/models/{model}/training-jobs', { params: { path: { model } }, body }),
      );
      if (follow) await followJob(session, job);
      else session.show(job, jobText);
    });
};
