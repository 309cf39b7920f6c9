import * as z from 'zod';
import type { Fault } from './fault.ts';

const seconds = 'expected seconds above 0 and at most 432,000, by which the search is limited';
const trials = 'expected trials above 0 and at most 10,000, a whole number by which the search is limited';
const orAutomatic = (...others: readonly string[]) => z.enum(['auto', 'none', ...others]).optional();
/** Of `linear`, in recipes that are older than that name. */
const formerName = 'logistic-regression';

/**
 * What each recipe takes: the same as `configure` of its program, whose README says what each parameter is for. Tests
 * hold both to the same examples.
 */
const parametersOf = {
  tabular: z.strictObject({
    algorithms: z
      .array(z.enum(['linear', 'random-forest', 'extra-trees', 'xgboost', 'lightgbm', 'network', formerName]))
      .min(1)
      .optional(),
    folds: z.int().min(2).max(10).optional(),
    rounds: z.int().min(1).max(5).optional(),
    seconds: z.number(seconds).gt(0, seconds).max(432_000, seconds).optional(),
    trials: z.int(trials).gt(0, trials).max(10_000, trials).optional(),
    sampler: z.enum(['tpe', 'random', 'grid']).optional(),
    pruning: z.boolean().optional(),
    ensemble: orAutomatic('weighted', 'stacked'),
    calibration: orAutomatic('sigmoid', 'temperature'),
    threshold: orAutomatic(),
    balance: orAutomatic('balanced'),
    order: z.string().nullish(),
  }),
  network: z.strictObject({
    hiddenLayers: z.array(z.int().min(1).max(1024)).min(1).max(3).optional(),
    learningRate: z.number().gt(0).max(1).optional(),
    weightDecay: z.number().gt(0).max(100).optional(),
    batchSize: z.int().min(1).max(4096).optional(),
    patience: z.int().min(1).max(1000).optional(),
    maximumEpochs: z.int().min(1).max(10_000).optional(),
    folds: z.int().min(2).max(20).optional(),
  }),
  drill: z.strictObject({
    behaviour: z.enum(['worse', 'nan', 'throws']),
    algorithm: z.enum(['linear', 'network', formerName]).optional(),
    flippedShare: z.number().gt(0).max(0.5).optional(),
  }),
} as const;

type RecipeName = keyof typeof parametersOf;
export const recipeNames = Object.keys(parametersOf) as [RecipeName, ...RecipeName[]];

const listOf = (name: RecipeName): string => Object.keys(parametersOf[name].shape).join(', ');

/** Which parameters each recipe takes, for the documentation of the API. */
export const parametersText = recipeNames.map((name) => `${name} takes ${listOf(name)}`).join('; ');

/** As `order` names when cases came. */
const receivedAt = 'receivedAt';

/**
 * What of a recipe's parameters its program would refuse.
 *
 * @param recipe - whose parameters they are
 * @param moments - the fields that can say in which order cases happened
 * @returns one for each place below the parameters; none where all of them fit
 */
export const parameterFaults = (
  recipe: { readonly name: RecipeName; readonly parameters: Readonly<Record<string, unknown>> },
  moments: readonly string[],
): readonly Fault[] => {
  const { name, parameters } = recipe;
  const { error } = parametersOf[name].safeParse(parameters);
  const faults = (error?.issues ?? []).flatMap((issue): readonly Fault[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [key], message: `expected a parameter of ${name}: ${listOf(name)}` }))
      : [issue],
  );
  const { order } = parameters;
  if (name !== 'tabular' || typeof order !== 'string' || [receivedAt, ...moments].includes(order)) return faults;
  const message = `expected ${[receivedAt, ...moments.slice(0, 20)].join(' or ')}: a number, a timestamp, a date or an age that is a feature`;
  return [...faults, { path: ['order'], message }];
};
