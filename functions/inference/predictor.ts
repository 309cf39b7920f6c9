import { Arm, type Prediction } from '../../contracts/inference.ts';
import type { Servable } from '../../contracts/route-item.ts';
import type { Clock } from '../platform/clock.ts';
import { Problem } from '../platform/errors.ts';
import { signPredictionId } from '../platform/prediction-id.ts';
import { armOf } from './domain/split.ts';
import type { Answer, LoadedModel } from './loaded-model.ts';
import { ModelFailureError } from './model-errors.ts';
import type { Tensors } from './onnx-session.ts';
import type { PredictionRecord } from './prediction-metrics.ts';
import type { RouteCache, ServedModel } from './route-cache.ts';
import type { Serving } from './serving.ts';

export interface PredictorOptions {
  readonly routes: RouteCache;
  readonly serving: Serving;
  readonly clock: Clock;
  /** ms, finer than the clock's. */
  readonly stopwatch: () => number;
  /** Uniform in [0, 1): draws the arm of a request without a subject. */
  readonly random: () => number;
  /** Never the same twice. */
  readonly newNonce: () => string;
  readonly record: (now: number, record: PredictionRecord) => void;
  readonly onError: (what: string, error: unknown) => void;
}

export type Predict = (tenant: string, model: string, input: Readonly<Record<string, unknown>>) => Promise<Prediction>;

interface Outcome {
  readonly version: string;
  /** Awaited only where the champion has left memory. */
  readonly answer: Answer | Promise<Answer>;
  readonly fallback: boolean;
  readonly challenger?: { readonly failed: boolean; readonly milliseconds: number };
}

/**
 * Answers requests: no write, and no read but that of a route which has grown old.
 *
 * A challenger that throws, is not there or answers with anything but probabilities costs no request: the champion
 * answers within it.
 */
export const openPredictor = (options: PredictorOptions): Predict => {
  const { routes, serving, clock, stopwatch, record, onError } = options;

  const askChampion = (tenant: string, champion: Servable, tensors: Tensors): Answer | Promise<Answer> => {
    const first = (model: LoadedModel): Answer => model.run(tensors)[0] as Answer;
    const model = serving.loaded(tenant, champion);
    return model === undefined ? serving.load(tenant, champion).then(first) : first(model);
  };

  /** @returns no answer where the challenger is not loaded yet, or failed */
  const askChallenger = (
    tenant: string,
    challenger: Servable,
    tensors: Tensors,
    isBroken: boolean,
  ): { answer?: Answer; failed: boolean; milliseconds: number } => {
    const start = stopwatch();
    try {
      const model = serving.loaded(tenant, challenger);
      if (model === undefined) return { failed: isBroken, milliseconds: 0 };
      const [answer] = model.run(tensors) as [Answer];
      return { answer, failed: false, milliseconds: stopwatch() - start };
    } catch (error) {
      if (!(error instanceof ModelFailureError)) onError(`the challenger ${challenger.version} failed`, error);
      return { failed: true, milliseconds: stopwatch() - start };
    }
  };

  const ask = (tenant: string, served: ServedModel, arm: Arm, tensors: Tensors): Outcome => {
    const { champion, challenger } = served.route;
    if (arm === Arm.Champion || challenger === undefined) {
      return { version: champion.version, fallback: false, answer: askChampion(tenant, champion, tensors) };
    }
    const { answer, ...outcome } = askChallenger(tenant, challenger, tensors, served.challengerIsBroken);
    return answer === undefined
      ? {
          version: champion.version,
          fallback: true,
          answer: askChampion(tenant, champion, tensors),
          challenger: outcome,
        }
      : { version: challenger.version, fallback: false, answer, challenger: outcome };
  };

  /** A model that nobody can reach is a request that nobody answered; one that does not exist is not. */
  const unserved =
    (tenant: string, model: string, now: number) =>
    (error: unknown): never => {
      if (error instanceof Problem && error.code === 'unavailable') {
        record(now, { tenant, model, milliseconds: clock.now() - now, fallback: false });
      }
      throw error;
    };

  return async (tenant, model, input) => {
    const start = stopwatch();
    const now = clock.now();
    const found = routes.get(tenant, model);
    const served = found instanceof Promise ? await found.catch(unserved(tenant, model, now)) : found;
    const { route, reader, key } = served;
    const tensors = readInput(reader, input);
    const arm = armOf(route, reader.subjectOf(input), options.random);
    const { rollout, stage } = route;
    try {
      const { version, answer: given, fallback, challenger } = ask(tenant, served, arm, tensors);
      const answer = given instanceof Promise ? await given : given;
      const claims = { t: tenant, m: model, v: version, a: arm, r: rollout, s: stage, i: now, n: options.newNonce() };
      const prediction = {
        predictionId: signPredictionId(claims, key),
        version,
        label: answer.label,
        fallback,
        probabilities: byClass(route.champion.signature.classes, answer.probabilities),
      };
      record(now, { tenant, model, version, rollout, milliseconds: stopwatch() - start, challenger, fallback });
      return prediction;
    } catch (error) {
      onError(`the champion ${route.champion.version} of ${model} failed`, error);
      record(now, { tenant, model, rollout, milliseconds: stopwatch() - start, fallback: false });
      throw new Problem('unavailable', 'No version could answer this input just now. Try again in a moment.');
    }
  };
};

const readInput = (reader: ServedModel['reader'], input: Readonly<Record<string, unknown>>): Tensors => {
  const numeric = new Float32Array(reader.numericColumns);
  const categorical = new Array<string>(reader.categoricalColumns);
  if (reader.read(input, numeric, categorical, 0)) return { rows: 1, numeric, categorical };
  const errors = reader.faultsOf(input).map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }));
  const [first] = errors;
  throw new Problem(
    'invalid-input',
    `${first?.pointer}: ${first?.detail}. ${errors.length} faults in all; see the model's schema for what it takes.`,
    { errors },
  );
};

const byClass = (classes: readonly string[], probabilities: Float32Array): Record<string, number> => {
  const named: Record<string, number> = {};
  for (let index = 0; index < classes.length; index += 1)
    named[classes[index] as string] = probabilities[index] as number;
  return named;
};
