import { countCaseLabels, type LabelDependencies } from './labels/count-case-labels.ts';
import { type ScoreDependencies, scoreCases } from './performance/score-cases.ts';

type Dependencies = LabelDependencies & ScoreDependencies;

/**
 * Takes in the cases that a model's ledger has accepted: counts them as labels, and scores the versions that serve. What
 * fails in one of both does not keep the other from its work.
 *
 * @returns whether there is nothing left to do; if not, call again
 * @throws AggregateError
 */
export const takeInCases = async (dependencies: Dependencies, tenant: string, model: string): Promise<boolean> => {
  const counted = await countCaseLabels(dependencies, tenant, model).catch((error: Error) => error);
  const scored = await scoreCases(dependencies, tenant, model).catch((error: Error) => error);
  const errors = [counted, scored].filter((result) => result instanceof Error);
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join(' '));
  return counted === true && scored === true;
};
