import type { Model } from '../../../contracts/model.ts';
import type { Version } from '../../../contracts/versions.ts';
import { type Answer, ArtifactError, ModelFailureError, type Serving } from '../../inference/index.ts';
import { toServable, type Versions } from '../../models/index.ts';
import type { EvaluatedCase, VersionAnswer } from '../domain/evaluation/answered-case.ts';
import { EvaluationError } from '../domain/evaluation/evaluation-error.ts';

/** Inputs that are put into one run of a graph. */
const batch = 1024;

const classesOf = ({ schema: { label } }: Model): readonly string[] => (label.type === 'category' ? label.classes : []);

/** A schema may be declared anew once no accepted case is left; versions before it stay. */
const checkClasses = (model: Model, { version, signature }: Version): void => {
  const [expected, found] = [new Set(classesOf(model)), new Set(signature.classes)];
  if (expected.symmetricDifference(found).size === 0) return;
  throw new EvaluationError(
    `Expected ${version} to have the classes of the model's schema, found others: it was trained before the schema ` +
      'was declared anew. Evaluate versions that were trained since.',
  );
};

/** @throws EvaluationError where one is gone, or predicts something else than the model does now */
export const findVersions = async (
  versions: Pick<Versions, 'get'>,
  tenant: string,
  model: Model,
  names: readonly string[],
): Promise<Version[]> => {
  const found: Version[] = [];
  for (const name of names) {
    const version = await versions.get(tenant, model.name, name);
    if (version === undefined) throw new EvaluationError(`The version ${name} is gone.`);
    checkClasses(model, version);
    found.push(version);
  }
  return found;
};

/** @param order - where the version has each class of the model */
const answerOf =
  (order: readonly number[]) =>
  (given: Answer | ModelFailureError): VersionAnswer => {
    if (given instanceof ModelFailureError) return undefined;
    const { label, probabilities } = given;
    return { label, probabilities: probabilities && order.map((place) => probabilities[place] as number) };
  };

/** A version that cannot be loaded fails on every case. */
export const askVersion = async (
  serving: Pick<Serving, 'load'>,
  tenant: string,
  model: Model,
  version: Version,
  cases: readonly EvaluatedCase[],
): Promise<VersionAnswer[]> => {
  const loaded = await serving.load(tenant, toServable(version)).catch((error: unknown) => {
    if (error instanceof ArtifactError) return undefined;
    throw error;
  });
  if (loaded === undefined) return cases.map(() => undefined);
  const answers: VersionAnswer[] = [];
  const toAnswer = answerOf(classesOf(model).map((name) => version.signature.classes.indexOf(name)));
  for (let start = 0; start < cases.length; start += batch) {
    const inputs = cases.slice(start, start + batch).map(({ input }) => input);
    answers.push(...(await loaded.predictEach(inputs, model.schema)).map(toAnswer));
  }
  return answers;
};
