import type { Suggestions } from '../../../contracts/suggestions.ts';
import type { Datasets } from '../../cases/index.ts';
import type { Models } from '../../models/index.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { startCensus } from '../domain/profile/census.ts';
import type { Observation } from '../domain/profile/observation.ts';
import { drawing } from '../domain/profile/sample.ts';
import { suggest } from '../domain/profile/suggest.ts';
import { expectDataset } from '../evaluations/request-evaluation.ts';

export interface SuggestDependencies {
  readonly models: Pick<Models, 'get'>;
  readonly datasets: Pick<Datasets, 'get' | 'newest' | 'read'>;
}

/**
 * Profiles a dataset's training cases and says how to train on them.
 *
 * @throws Problem `not-found` or `too-few-cases`
 */
export const makeSuggestions = async (
  { models, datasets }: SuggestDependencies,
  tenant: string,
  name: string,
  id: string | undefined,
): Promise<Suggestions> => {
  const model = await models.get(tenant, name);
  if (model === undefined) throw notFound(`a model ${name}`);
  const dataset = await expectDataset(datasets, tenant, name, id);
  const train: Observation[] = [];
  const isLookedAt = drawing(dataset.train);
  const census = startCensus(model.schema, dataset.train + dataset.holdout);
  for await (const rows of datasets.read(tenant, name, dataset.id)) {
    for (const { split, input, label, subject, receivedAt } of rows) {
      if (split !== 'train' && split !== 'holdout') continue;
      const row = { input, label, subject, receivedAt };
      census.count(split, row);
      if (split === 'train' && isLookedAt()) train.push(row);
    }
  }
  if (train.length === 0) {
    throw new Problem('too-few-cases', 'Expected training cases in the dataset, found none. Send more cases.');
  }
  const advice = suggest({ task: model.task, schema: model.schema, train, census: census.take() });
  return { model: name, dataset: dataset.id, ...advice };
};
