import type * as z from 'zod';
import type { Explanation, NewExplanation } from '../../../contracts/explanations.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Clock } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import type { Attribution } from '../domain/explanations/shapley.ts';
import { compileInputReader } from '../domain/input-reader.ts';
import type { Answer, LoadedModel } from '../loaded-model.ts';
import { ArtifactError, ModelFailureError } from '../model-errors.ts';
import type { Tensors } from '../onnx-session.ts';
import type { Serving } from '../serving.ts';
import { readInput } from '../version-tensors.ts';
import type { ExplainableVersion, ReadExplainableVersion } from './explainable-version.ts';
import type { Explainer } from './explainer.ts';
import type { Explainers } from './explainers.ts';

type Request = z.infer<typeof NewExplanation>;

interface Dependencies {
  readonly read: ReadExplainableVersion;
  readonly serving: Pick<Serving, 'load'>;
  readonly explainers: Explainers;
  readonly clock: Clock;
}

/**
 * Explains what a version answers to an input. Nothing is stored, and nothing counts as a prediction.
 *
 * @throws Problem `not-found`, `no-champion`, `no-background`, `artifact-missing`, `invalid-input`, `invalid-request` or
 *   `unavailable`
 */
export type Explain = (tenant: string, model: string, request: Request) => Promise<Explanation>;

export const openExplain = ({ read, serving, explainers, clock }: Dependencies): Explain => {
  const load = (tenant: string, servable: Servable): Promise<LoadedModel> =>
    serving.load(tenant, servable).catch((error: unknown) => {
      throw error instanceof ArtifactError ? new Problem('artifact-missing', error.message) : error;
    });
  return async (tenant, model, request) => {
    const { schema, servable } = assertThere(await read(tenant, model, request.version), model, request.version);
    const year = new Date(clock.now()).getUTCFullYear();
    const input = readInput({ reader: compileInputReader(schema, servable.signature, year) }, request.input);
    assertClass(servable, request.class);
    const [version, explainer] = await Promise.all([load(tenant, servable), explainers.load(tenant, servable)]);
    if (explainer === undefined) throw noBackground(servable);
    return present(servable, request, explainer, explainWith(version, servable, explainer, input, request.class));
  };
};

const assertThere = (
  { schema, servable }: ExplainableVersion,
  model: string,
  version: string | undefined,
): { readonly [Name in keyof ExplainableVersion]: NonNullable<ExplainableVersion[Name]> } => {
  if (schema === undefined) throw notFound(`a model ${model}`);
  if (servable !== undefined) return { schema, servable };
  if (version !== undefined) throw notFound(`a version ${version} of ${model}`);
  throw new Problem(
    'no-champion',
    `Expected a version of ${model} that serves; none does yet. Name a version, or train one first.`,
  );
};

const assertClass = ({ signature: { classes } }: Servable, wanted: string | undefined): void => {
  if (wanted === undefined || classes.includes(wanted)) return;
  const expected = classes.length === 0 ? 'no class: the model predicts a number' : `one of ${classes.join(', ')}`;
  throw new Problem('invalid-request', `/class: expected ${expected}. Ask again.`, {
    errors: [{ pointer: '/class', detail: `expected ${expected}` }],
  });
};

const noBackground = ({ version }: Servable): Problem =>
  new Problem(
    'no-background',
    `Expected a background in the model.json of ${version}, what values its fields have in general; its training wrote ` +
      'none. Train again, and explain the new version.',
  );

interface Explained {
  readonly label: Answer['label'];
  /** Undefined where a number is explained. */
  readonly class: string | undefined;
  readonly answer: number;
  readonly attribution: Attribution;
}

const explainWith = (
  model: LoadedModel,
  { version, signature: { classes } }: Servable,
  explainer: Explainer,
  input: Tensors,
  wanted: string | undefined,
): Explained => {
  try {
    const [{ label, probabilities }] = model.run(input) as [Answer];
    const explainedClass = typeof label === 'number' ? undefined : (wanted ?? label);
    const output = explainedClass === undefined ? 0 : classes.indexOf(explainedClass);
    const answer = Number(probabilities?.[output] ?? label);
    return { label, class: explainedClass, answer, attribution: explainer.explain(model, input, output, answer) };
  } catch (error) {
    if (!(error instanceof ModelFailureError)) throw error;
    throw new Problem(
      'unavailable',
      `${version} failed on this input, or on one made of it and of values that its fields have in general. Name another version.`,
    );
  }
};

const present = (
  { version }: Servable,
  { top }: Request,
  { fields }: Explainer,
  { label, class: explainedClass, answer, attribution: { base, contributions } }: Explained,
): Explanation => {
  const sorted = contributions
    .map((one, index) => ({ field: fields[index] as string, ...one }))
    .sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution));
  const left = sorted.slice(top ?? sorted.length);
  const contribution = left.reduce((sum, one) => sum + one.contribution, 0);
  return {
    ...{ version, label, answer, base },
    ...(explainedClass === undefined ? {} : { class: explainedClass }),
    contributions: sorted.slice(0, top),
    ...(left.length === 0 ? {} : { rest: { fields: left.length, contribution } }),
  };
};
