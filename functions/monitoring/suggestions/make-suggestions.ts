import type { LedgerRow } from '../../../contracts/cases.ts';
import { seeded } from '../../../contracts/seeded.ts';
import type { Suggestions } from '../../../contracts/suggestions.ts';
import type { Datasets } from '../../cases/index.ts';
import type { Models } from '../../models/index.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import type { Observation } from '../domain/profile/observation.ts';
import { suggest } from '../domain/profile/suggest.ts';
import { expectDataset } from '../evaluations/request-evaluation.ts';

export interface SuggestDependencies {
  readonly models: Pick<Models, 'get'>;
  readonly datasets: Pick<Datasets, 'get' | 'newest' | 'read'>;
}

/** Cases that are looked at: enough to see a share of 1% to within 0.2 points, and done in seconds. */
const mostCases = 10_000;

/** Keeps about so many of a stream whose length is known beforehand: by chance, as labels may come in turn. */
const sampler = (of: number): ((row: LedgerRow, kept: Observation[]) => void) => {
  const random = seeded(of);
  const share = mostCases / Math.max(1, of);
  return ({ input, label, subject, receivedAt }, kept) => {
    if (random() < share) kept.push({ input, label, subject, receivedAt });
  };
};

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
  const [train, holdout]: [Observation[], Observation[]] = [[], []];
  const [keepTrain, keepHoldout] = [sampler(dataset.train), sampler(dataset.holdout)];
  for await (const rows of datasets.read(tenant, name, dataset.id)) {
    for (const row of rows) {
      if (row.split === 'train') keepTrain(row, train);
      if (row.split === 'holdout') keepHoldout(row, holdout);
    }
  }
  if (train.length === 0) {
    throw new Problem('too-few-cases', 'Expected training cases in the dataset, found none. Send more cases.');
  }
  const advice = suggest({ task: model.task, schema: model.schema, train, holdout, of: dataset.train });
  return { model: name, dataset: dataset.id, ...advice };
};
