import type * as z from 'zod';

/** Parameters of a recipe that limit its search; where there is nothing of one, nothing can be found. */
const budgets = ['seconds', 'trials'] as const;

interface Searching {
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

/** Refuses a recipe that is asked for and whose search may take no time, or try nothing. */
export const withBudget = <Recipe extends z.ZodType<Searching>>(recipe: Recipe): Recipe =>
  budgets.reduce(
    (asked, name) =>
      asked.refine(({ parameters }) => Number(parameters?.[name] ?? 1) > 0, {
        message: `expected ${name} above 0, by which the search is limited`,
        path: ['parameters', name],
      }),
    recipe,
  );
