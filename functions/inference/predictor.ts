import { Arm, type Prediction } from '../../contracts/inference.ts';
import type { Clock } from '../platform/clock.ts';
import { Problem } from '../platform/errors.ts';
import { signPredictionId } from '../platform/prediction-id.ts';
import { type AskOptions, emptyTensors, openAskVersions } from './ask-versions.ts';
import { armOf } from './domain/split.ts';
import type { Tensors } from './onnx-session.ts';
import type { PredictionRecord } from './prediction-metrics.ts';
import type { RouteCache, ServedModel, ServedVersion } from './route-cache.ts';

type Input = Readonly<Record<string, unknown>>;

export interface PredictorOptions extends AskOptions {
  readonly routes: RouteCache;
  readonly clock: Clock;
  /** Uniform in [0, 1): draws the arm of a request without a subject. */
  readonly random: () => number;
  /** Never the same twice. */
  readonly newNonce: () => string;
  readonly record: (now: number, record: PredictionRecord) => void;
}

/** @throws Problem `not-found`, `no-champion`, `invalid-input` or `unavailable` */
export type Predict = (tenant: string, model: string, input: Input) => Promise<Prediction>;

/** Answers requests: no write, and no read but that of a route which has grown old. */
export const openPredictor = (options: PredictorOptions): Predict => {
  const { routes, clock, stopwatch, record, onError } = options;
  const ask = openAskVersions(options);

  /** A model that nobody can reach is a request that nobody answered; one that does not exist is not. */
  const find = (tenant: string, model: string, now: number): ServedModel | Promise<ServedModel> => {
    const fail = (error: unknown): never => {
      if (error instanceof Problem && error.code === 'unavailable') {
        record(now, { tenant, model, milliseconds: clock.now() - now, fallback: false });
      }
      throw error;
    };
    try {
      const found = routes.get(tenant, model);
      return found instanceof Promise ? found.catch(fail) : found;
    } catch (error) {
      return fail(error);
    }
  };

  return async (tenant, model, input) => {
    const start = stopwatch();
    const now = clock.now();
    const found = find(tenant, model, now);
    const served = found instanceof Promise ? await found : found;
    const tensors = readInput(served.champion, input);
    const { rollout, stage } = served.route;
    const arm = armOf(served.route, served.champion.reader.subjectOf(input), options.random);
    try {
      const asked =
        arm === Arm.Challenger ? ask.challenger(tenant, served, input, tensors) : ask.champion(tenant, served, tensors);
      const answer = asked.answer instanceof Promise ? await asked.answer : asked.answer;
      const { version, fallback, challenger } = asked;
      const claims = { t: tenant, m: model, v: version, a: arm, r: rollout, s: stage, i: now, n: options.newNonce() };
      const prediction = {
        predictionId: signPredictionId(claims, served.key),
        version,
        label: answer.label,
        fallback,
        probabilities: byClass(served.champion.servable.signature.classes, answer.probabilities),
      };
      record(now, { tenant, model, version, rollout, milliseconds: stopwatch() - start, challenger, fallback });
      return prediction;
    } catch (error) {
      onError(`the champion ${served.route.champion.version} of ${model} failed`, error);
      record(now, { tenant, model, rollout, milliseconds: stopwatch() - start, fallback: false });
      throw new Problem('unavailable', 'No version could answer this input just now. Try again in a moment.');
    }
  };
};

const readInput = (version: ServedVersion, input: Input): Tensors => {
  const tensors = emptyTensors(version);
  const { reader } = version;
  if (reader.read(input, tensors.numeric, tensors.categorical, 0)) return tensors;
  const errors = reader.faultsOf(input).map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }));
  const [first] = errors;
  throw new Problem(
    'invalid-input',
    `${first?.pointer}: ${first?.detail}. ${errors.length} of its fields do not fit; GET the model for its schema.`,
    { errors },
  );
};

const byClass = (classes: readonly string[], probabilities: Float32Array): Record<string, number> => {
  const named: Record<string, number> = {};
  for (const [index, name] of classes.entries()) named[name] = probabilities[index] as number;
  return named;
};
