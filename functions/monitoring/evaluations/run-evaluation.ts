import type { LedgerRow } from '../../../contracts/cases.ts';
import { EvaluatedPart, type EvaluatedVersion, type Evaluation } from '../../../contracts/evaluations.ts';
import type { Model } from '../../../contracts/model.ts';
import { seeded } from '../../../contracts/seeded.ts';
import { EvaluationStatus, isFinishedEvaluation } from '../../../contracts/statuses.ts';
import type { Version } from '../../../contracts/versions.ts';
import type { Datasets } from '../../cases/index.ts';
import { type Answer, ArtifactError, ModelFailureError, type Serving } from '../../inference/index.ts';
import { type Models, toServable, type Versions } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import type { EvaluatedCase, Target, VersionAnswer } from '../domain/evaluation/answered-case.ts';
import { type Compared, compareAnswers } from '../domain/evaluation/compare.ts';
import { measureAnswers } from '../domain/evaluation/measure.ts';
import { measureSlices } from '../domain/evaluation/slices.ts';
import type { EvaluationStore } from './evaluation-store.ts';

export interface RunDependencies {
  readonly models: Pick<Models, 'get'>;
  readonly versions: Pick<Versions, 'get'>;
  readonly datasets: Pick<Datasets, 'get' | 'read'>;
  readonly serving: Pick<Serving, 'load'>;
  readonly evaluations: Pick<EvaluationStore, 'get' | 'end'>;
  readonly clock: Clock;
}

/** Cases that one evaluation holds in memory with the answers of five versions. */
const mostCases = 200_000;
/** Inputs that are put into one run of a graph. */
const batch = 1024;
/** The same question gets the same interval. */
const seed = 1;

/** Why an evaluation cannot be made, in a sentence for a person. */
class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

const splitOf: Readonly<Record<EvaluatedPart, LedgerRow['split'] | undefined>> = {
  [EvaluatedPart.Holdout]: 'holdout',
  [EvaluatedPart.Gold]: 'gold',
  [EvaluatedPart.All]: undefined,
};

const readCases = async (
  datasets: Pick<Datasets, 'read'>,
  tenant: string,
  { model, dataset, part }: Evaluation,
): Promise<EvaluatedCase[]> => {
  const split = splitOf[part];
  const cases: EvaluatedCase[] = [];
  let place = 0;
  for await (const rows of datasets.read(tenant, model, dataset)) {
    for (const row of rows) {
      const { input, label, subject } = row;
      const trainable = row.split === 'train' ? place : undefined;
      if (split === undefined || row.split === split) cases.push({ input, label, subject, trainable });
      place += 1;
    }
    if (cases.length > mostCases) {
      throw new EvaluationError(
        `Expected at most ${mostCases} cases, found more. Evaluate on the holdout of a smaller dataset.`,
      );
    }
  }
  if (cases.length > 0) return cases;
  throw new EvaluationError(
    `Expected cases of the part ${part} in the dataset, found none. Choose another part or dataset.`,
  );
};

const targetOf = ({ schema: { label } }: Model): Target =>
  label.type === 'category'
    ? { kind: 'class', classes: label.classes }
    : { kind: 'number', tolerance: label.tolerance };

const answerOf = (given: Answer | ModelFailureError): VersionAnswer =>
  given instanceof ModelFailureError
    ? undefined
    : { label: given.label, probabilities: given.probabilities && [...given.probabilities] };

/** A version that cannot be loaded fails on every case. */
const askVersion = async (
  serving: Pick<Serving, 'load'>,
  tenant: string,
  { schema }: Model,
  version: Version,
  cases: readonly EvaluatedCase[],
): Promise<VersionAnswer[]> => {
  const loaded = await serving.load(tenant, toServable(version)).catch((error: unknown) => {
    if (error instanceof ArtifactError) return undefined;
    throw error;
  });
  if (loaded === undefined) return cases.map(() => undefined);
  const answers: VersionAnswer[] = [];
  for (let start = 0; start < cases.length; start += batch) {
    const inputs = cases.slice(start, start + batch).map(({ input }) => input);
    answers.push(...(await loaded.predictEach(inputs, schema)).map(answerOf));
  }
  return answers;
};

const measureVersion = (
  model: Model,
  cases: readonly EvaluatedCase[],
  { version, answers }: Compared,
  trainedPlaces: number,
): EvaluatedVersion => ({
  version,
  metrics: measureAnswers(targetOf(model), cases, answers),
  slices: measureSlices(targetOf(model), model.schema.fields, model.slices, cases, answers),
  failures: answers.filter((answer) => answer === undefined).length,
  trainedOn: cases.filter(({ trainable = Number.POSITIVE_INFINITY }) => trainable < trainedPlaces).length,
});

const evaluate = async (
  { models, versions, datasets, serving }: RunDependencies,
  tenant: string,
  evaluation: Evaluation,
): Promise<Pick<Evaluation, 'cases' | 'results' | 'differences'>> => {
  const model = await models.get(tenant, evaluation.model);
  if (model === undefined) throw new EvaluationError('The model is gone.');
  const cases = await readCases(datasets, tenant, evaluation);
  const compared: Compared[] = [];
  const results: EvaluatedVersion[] = [];
  for (const name of evaluation.versions) {
    const version = await versions.get(tenant, model.name, name);
    if (version === undefined) throw new EvaluationError(`The version ${name} is gone.`);
    const trained = await datasets.get(tenant, model.name, version.lineage.dataset);
    const asked = { version: name, answers: await askVersion(serving, tenant, model, version, cases) };
    compared.push(asked);
    // Datasets of a model are beginnings of one ledger: the version knows so many of its first cases.
    results.push(measureVersion(model, cases, asked, trained?.cases ?? 0));
  }
  const [first, ...others] = compared;
  const differences = others.flatMap((other) =>
    compareAnswers(targetOf(model), cases, other, first as Compared, seeded(seed)),
  );
  return { cases: cases.length, results, ...(others.length === 0 ? {} : { differences }) };
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
    if (error instanceof EvaluationError || error instanceof RangeError) return { failure: error.message };
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
