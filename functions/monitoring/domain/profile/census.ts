import type { LabelValue } from '../../../../contracts/cases.ts';
import type { ModelSchema } from '../../../../contracts/model.ts';
import { distinctSample } from './distinct-sample.ts';
import { hashing } from './hash.ts';
import type { Observation } from './observation.ts';
import { countingRepetitions, type Repetitions, type Side } from './repetitions.ts';

/** What is counted over all cases, however many: a sample shows neither rare classes nor what comes twice. */

export interface Census {
  readonly train: number;
  readonly holdout: number;
  /** Training cases of each label; of numbers no more than two are told. */
  readonly labels: ReadonlyMap<LabelValue, number>;
  readonly repetitions: Repetitions;
  /** Training cases that have a subject, and how many subjects they have. */
  readonly named: number;
  readonly subjects: number;
}

/**
 * Counts cases as they stream by.
 *
 * @param of - how many there will be
 */
export const startCensus = (schema: ModelSchema, of: number) => {
  const [hash, subjects] = [hashing(), distinctSample(() => true)];
  const repetitions = countingRepetitions(schema, of);
  const labels = new Map<LabelValue, number>();
  const cases = { train: 0, holdout: 0 };
  let named = 0;
  const isTold = (label: LabelValue): boolean => typeof label === 'string' || labels.size < 2 || labels.has(label);
  return {
    count: (side: Side, row: Observation): void => {
      cases[side] += 1;
      repetitions.count(side, row);
      if (side === 'holdout') return;
      if (isTold(row.label)) labels.set(row.label, (labels.get(row.label) ?? 0) + 1);
      if (row.subject === null) return;
      named += 1;
      subjects.of(hash([row.subject]));
    },
    take: (): Census => ({
      ...cases,
      labels,
      repetitions: repetitions.take(),
      named,
      subjects: subjects.count(),
    }),
  };
};

/** Counts cases that are all there. */
export const takeCensus = (
  schema: ModelSchema,
  train: readonly Observation[],
  holdout: readonly Observation[],
): Census => {
  const census = startCensus(schema, train.length + holdout.length);
  for (const row of train) census.count('train', row);
  for (const row of holdout) census.count('holdout', row);
  return census.take();
};
