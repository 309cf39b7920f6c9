import type { LedgerRow } from '../../../contracts/cases.ts';
import { EvaluatedPart, type EvaluatedVersion, type Evaluation } from '../../../contracts/evaluations.ts';
import type { Model } from '../../../contracts/model.ts';
import { seeded } from '../../../contracts/seeded.ts';
import { EvaluationStatus, isFinishedEvaluation } from '../../../contracts/statuses.ts';
import type { Datasets } from '../../cases/index.ts';
import type { Serving } from '../../inference/index.ts';
import type { Models, Versions } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import type { EvaluatedCase, Target } from '../domain/evaluation/answered-case.ts';
import { type Compared, compareAnswers } from '../domain/evaluation/compare.ts';
import { EvaluationError } from '../domain/evaluation/evaluation-error.ts';
import { measureAnswers } from '../domain/evaluation/measure.ts';
import { fitSlices } from '../domain/evaluation/slice-budget.ts';
import { measureSlices } from '../domain/evaluation/slices.ts';
import { askVersion, findVersions } from './ask-version.ts';
import type { EvaluationStore } from './evaluation-store.ts';

export interface RunDependencies {
  readonly models: Pick<Models, 'get'>;
  readonly versions: Pick<Versions, 'get'>;
  readonly datasets: Pick<Datasets, 'read' | 'countTrained'>;
  readonly serving: Pick<Serving, 'load'>;
  readonly evaluations: Pick<EvaluationStore, 'get' | 'end'>;
  readonly clock: Clock;
}

/** Cases that one evaluation holds in memory with the answers of five versions. */
const mostCases = 200_000;
/** The same question gets the same interval. */
const seed = 1;

const splitOf: Readonly<Record<EvaluatedPart, LedgerRow['split'] | undefined>> = {
  [EvaluatedPart.Holdout]: 'holdout',
  [EvaluatedPart.Gold]: 'gold',
  [EvaluatedPart.All]: undefined,
};

/** What is measured on, and the ids of those cases that a version may have been trained on. */
interface Measured {
  readonly cases: readonly EvaluatedCase[];
  readonly trainable: ReadonlySet<string>;
}

const readCases = async (
  datasets: Pick<Datasets, 'read'>,
  tenant: string,
  { model, dataset, part }: Evaluation,
): Promise<Measured> => {
  const split = splitOf[part];
  const cases: EvaluatedCase[] = [];
  const trainable = new Set<string>();
  for await (const rows of datasets.read(tenant, model, dataset)) {
    for (const { id, input, label, subject, split: side } of rows) {
      if (split !== undefined && side !== split) continue;
      cases.push({ input, label, subject });
      if (side === 'train') trainable.add(id);
    }
    if (cases.length > mostCases) {
      throw new EvaluationError(
        `Expected at most ${mostCases} cases, found more. Evaluate on the holdout of a smaller dataset.`,
      );
    }
  }
  if (cases.length > 0) return { cases, trainable };
  throw new EvaluationError(
    `Expected cases of the part ${part} in the dataset, found none. Choose another part or dataset.`,
  );
};

const targetOf = ({ schema: { label } }: Model): Target =>
  label.type === 'category'
    ? { kind: 'class', classes: label.classes }
    : { kind: 'number', tolerance: label.tolerance };

const measureVersion = (
  model: Model,
  cases: readonly EvaluatedCase[],
  { version, answers }: Compared,
  trainedOn: number,
): EvaluatedVersion => ({
  version,
  metrics: measureAnswers(targetOf(model), cases, answers),
  slices: measureSlices(targetOf(model), model.schema.fields, model.slices, cases, answers),
  failures: answers.filter((answer) => answer === undefined).length,
  trainedOn,
});

const evaluate = async (
  { models, versions, datasets, serving }: RunDependencies,
  tenant: string,
  evaluation: Evaluation,
): Promise<Pick<Evaluation, 'cases' | 'results' | 'slicesLeftOut' | 'differences'>> => {
  const model = await models.get(tenant, evaluation.model);
  if (model === undefined) throw new EvaluationError('The model is gone.');
  const { cases, trainable } = await readCases(datasets, tenant, evaluation);
  const found = await findVersions(versions, tenant, model, evaluation.versions);
  const datasetsOf = found.map(({ lineage }) => lineage.dataset);
  const trained = await datasets.countTrained(tenant, model.name, datasetsOf, trainable);
  const compared: Compared[] = [];
  const results: EvaluatedVersion[] = [];
  for (const version of found) {
    const asked = { version: version.version, answers: await askVersion(serving, tenant, model, version, cases) };
    compared.push(asked);
    results.push(measureVersion(model, cases, asked, trained.get(version.lineage.dataset) ?? 0));
  }
  const [first, ...others] = compared;
  const differences = others.flatMap((other) =>
    compareAnswers(targetOf(model), cases, other, first as Compared, seeded(seed)),
  );
  return { cases: cases.length, ...fitSlices(results), ...(others.length === 0 ? {} : { differences }) };
};

/**
 * Makes an evaluation that was asked for; one that has ended stays as it is.
 *
 * @returns how it ended; undefined where there is none of this id
 */
export const runEvaluation = async (
  dependencies: RunDependencies,
  tenant: string,
  model: string,
  id: string,
): Promise<Evaluation | undefined> => {
  const { evaluations, clock } = dependencies;
  const asked = await evaluations.get(tenant, model, id);
  if (asked === undefined || isFinishedEvaluation(asked.status)) return asked;
  const made = await evaluate(dependencies, tenant, asked).catch((error: unknown) => {
    if (error instanceof EvaluationError) return { failure: error.message };
    throw error;
  });
  const status = 'failure' in made ? EvaluationStatus.Failed : EvaluationStatus.Completed;
  const ended: Evaluation = { ...asked, ...made, status, endedAt: timestamp(clock) };
  return (await evaluations.end(tenant, ended)) ? ended : evaluations.get(tenant, model, id);
};

/** Ends an evaluation that failed as often as it is tried, so that nobody waits for it. */
export const giveUpEvaluation = async (
  { evaluations, clock }: Pick<RunDependencies, 'evaluations' | 'clock'>,
  tenant: string,
  model: string,
  id: string,
): Promise<void> => {
  const asked = await evaluations.get(tenant, model, id);
  if (asked === undefined || isFinishedEvaluation(asked.status)) return;
  const failure =
    'The evaluation was interrupted every time it was tried. Ask for it again; evaluate fewer versions at once.';
  await evaluations.end(tenant, { ...asked, status: EvaluationStatus.Failed, failure, endedAt: timestamp(clock) });
};
