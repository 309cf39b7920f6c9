import { metricOf, type Recipe, type Task } from '../../../contracts/model.ts';
import type { NewJob } from '../../../contracts/training.ts';

const longestName = 63;

/**
 * The name of a job's run at the training service: at most 63 letters, digits and hyphens, unique in an account.
 *
 * @param number - of the job's runs, from 1
 */
export const runName = (job: string, number: number): string => {
  const name = `relearn-${job.replaceAll('_', '-').toLowerCase()}-${number}`;
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name) || name.length > longestName) {
    throw new RangeError(`Expected a name of at most ${longestName} letters, digits and hyphens, got ${name}.`);
  }
  return name;
};

interface Assignment {
  readonly task: Task;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly codeVersion: string;
  /** Names of fields by whose values metrics are told apart. */
  readonly slices: readonly string[];
  /** That the run may take. */
  readonly seconds: number;
}

/** Of a search of settings for tables of which nothing else is said, as training-container/README.md has it. */
const usualSearchSeconds = 60;
/** Of a run's time, for a search: before it cases are read, after it the model is checked and written. */
const searchShare = 0.8;
const outsideSeconds = 5;

/** A search that is limited by seconds ends before its run is stopped: a model that is found is not lost. */
const withinLimit = ({ name, parameters }: Recipe, limit: number): Recipe['parameters'] => {
  const { seconds = usualSearchSeconds } = parameters;
  if (name !== 'tabular' || typeof seconds !== 'number') return parameters;
  const most = Math.max(1, Math.floor(searchShare * limit - outsideSeconds));
  return seconds <= most ? parameters : { ...parameters, seconds: most };
};

/** What the training program is told: a flat object of strings. */
export const hyperparametersOf = ({
  task,
  recipe,
  seed,
  codeVersion,
  slices,
  seconds,
}: Assignment): Record<string, string> => ({
  task,
  recipe: recipe.name,
  metric: metricOf(task, recipe.metric),
  seed: String(seed),
  codeVersion,
  parameters: JSON.stringify(withinLimit(recipe, seconds)),
  ...(slices.length === 0 ? {} : { slices: JSON.stringify(slices) }),
});

/** Where the training service puts what a run made, below its output path: a fact of SageMaker. */
export const artifactKeyOf = (outputPath: string, name: string): string => `${outputPath}/${name}/output/model.tar.gz`;

/** The recipe of a job: what is chosen for it, and the model's for the rest. Parameters belong to the recipe they are for. */
export const chooseRecipe = (own: Recipe, chosen: NewJob['recipe']): Recipe => {
  const name = chosen?.name ?? own.name;
  return {
    name,
    metric: chosen?.metric ?? own.metric,
    parameters: chosen?.parameters ?? (name === own.name ? own.parameters : {}),
  };
};
