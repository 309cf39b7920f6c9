import { Arm, type Prediction } from '../../contracts/inference.ts';
import { Problem } from '../platform/errors.ts';
import { signPredictionId } from '../platform/prediction-id.ts';
import { type ChampionResult, challengerMetrics, championMetrics } from './arm-metrics.ts';
import { type ChallengerResult, isMissed } from './challengers/result.ts';
import { claimsOf } from './claims.ts';
import { challengerAsked } from './domain/split.ts';
import type { Answer, LoadedModel } from './loaded-model.ts';
import { ModelFailureError } from './model-errors.ts';
import type { Tensors } from './onnx-session.ts';
import type { AssignedArm, PredictionRecord } from './prediction-metrics.ts';
import type { RouteCache } from './route-cache.ts';
import type { ServedChallenger, ServedModel, ServedVersion } from './served-model.ts';
import type { Serving } from './serving.ts';
import { openShadow, type ShadowOptions } from './shadow.ts';
import { readInput, tensorsOf } from './version-tensors.ts';

type Input = Readonly<Record<string, unknown>>;

export interface PredictorOptions extends ShadowOptions {
  readonly routes: RouteCache;
  readonly serving: Serving;
  /** ms. */
  readonly stopwatch: () => number;
  /** Uniform in [0, 1): draws the version for a request without a subject. */
  readonly random: () => number;
  /** Never the same twice. */
  readonly newNonce: () => string;
  readonly record: (now: number, record: PredictionRecord) => void;
  readonly onError: (what: string, error: unknown) => void;
}

/** @throws Problem `not-found`, `no-champion`, `invalid-input` or `unavailable` */
export type Predict = (tenant: string, model: string, input: Input) => Promise<Prediction>;

/** A request whose turn it was to ask a challenger, and what came of it. */
interface Challenged {
  readonly challenger: ServedChallenger;
  readonly result: ChallengerResult;
}

/** Who answers a request. */
interface Answering {
  readonly version: string;
  /** Whether the champion answers in place of a challenger. */
  readonly fallback: boolean;
  /** The challenger that was asked and gave no answer, where the evidence counts that. */
  readonly missed: string | undefined;
}

/**
 * Answers requests: no write, and no read but that of a route which has grown old. Without a rollout nothing is awaited.
 */
export const openPredictor = (options: PredictorOptions): Predict => {
  const { serving, clock, stopwatch, newNonce, random, record, onError } = options;
  const shadow = openShadow(options);
  const find = openFind(options);
  const askChampion = openAskChampion(serving);

  return async (tenant, model, input) => {
    const start = stopwatch();
    const now = clock.now();
    const found = find(tenant, model, now);
    const served = found instanceof Promise ? await found : found;
    const tensors = readInput(served.champion, input);
    const subject = served.champion.reader.subjectOf(input);
    const turn = challengerAsked(served.route, subject, random);
    const askedAt = stopwatch();
    const challenged =
      turn === undefined ? undefined : await askChallenger(served.challengers[turn] as ServedChallenger, input);
    const { version, fallback, missed } = answering(served, challenged);
    const report = (result: ChampionResult): void => {
      const rollout = assignedArm(served, challenged, result, stopwatch() - askedAt);
      const answered = result.answer === undefined ? undefined : version;
      record(now, { tenant, model, version: answered, milliseconds: stopwatch() - start, fallback, rollout });
    };
    let answer: Answer;
    try {
      const given = challenged?.result.answer ?? askChampion(tenant, served.champion, tensors);
      answer = given instanceof Promise ? await given : given;
    } catch (error) {
      onError(`the champion ${version} of ${model} failed`, error);
      report(failureOf(error));
      throw new Problem('unavailable', 'No version could answer this input just now. Try again in a moment.');
    }
    const arm = challenged === undefined ? Arm.Champion : Arm.Challenger;
    const milliseconds = stopwatch() - start;
    const nonce = newNonce();
    const answered = { tenant, model, subject, now, arm, version, missed, answer, milliseconds, nonce };
    const prediction = {
      predictionId: signPredictionId(claimsOf(served, answered), served.key),
      version,
      label: answer.label,
      fallback,
      probabilities: byClass(served.champion.servable.signature.classes, answer),
    };
    report({ answer });
    if (served.isShadowed) shadow(tenant, model, served, input, answer);
    return prediction;
  };
};

/** A model that nobody can reach is a request that nobody answered; one that does not exist is not. */
const openFind = ({ routes, clock, record }: Pick<PredictorOptions, 'routes' | 'clock' | 'record'>) => {
  return (tenant: string, model: string, now: number): ServedModel | Promise<ServedModel> => {
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
};

const openAskChampion =
  (serving: Serving) =>
  (tenant: string, { servable }: ServedVersion, tensors: Tensors): Answer | Promise<Answer> => {
    const first = (version: LoadedModel): Answer => version.run(tensors)[0] as Answer;
    const version = serving.loaded(tenant, servable);
    return version === undefined ? serving.load(tenant, servable).then(first) : first(version);
  };

const askChallenger = async (challenger: ServedChallenger, input: Input): Promise<Challenged> => ({
  challenger,
  result: await challenger.ask(tensorsOf(challenger, input) as Tensors),
});

/** The champion answers, unless a challenger has. */
const answering = ({ champion }: ServedModel, challenged: Challenged | undefined): Answering => {
  const asked = challenged?.challenger.servable.version;
  const { answer, fault } = challenged?.result ?? {};
  if (asked !== undefined && answer !== undefined) return { version: asked, fallback: false, missed: undefined };
  return {
    version: champion.servable.version,
    fallback: asked !== undefined,
    missed: fault !== undefined && isMissed(fault) ? asked : undefined,
  };
};

const failureOf = (error: unknown): ChampionResult =>
  error instanceof ModelFailureError ? { fault: error.fault } : {};

/** @param result - the answer that was served, or why there was none */
const assignedArm = (
  served: ServedModel,
  challenged: Challenged | undefined,
  result: ChampionResult,
  milliseconds: number,
): AssignedArm | undefined => {
  const { rollout, stage } = served.route;
  if (rollout === undefined) return undefined;
  return challenged === undefined
    ? { id: rollout, stage, arm: Arm.Champion, metrics: championMetrics(result, milliseconds, served) }
    : {
        id: rollout,
        stage,
        arm: Arm.Challenger,
        asked: challenged.challenger.servable.version,
        metrics: challengerMetrics(challenged.result, served),
      };
};

/** By name, even one that objects have from elsewhere. @returns undefined where the answer is a number */
const byClass = (classes: readonly string[], { probabilities }: Answer): Record<string, number> | undefined =>
  probabilities && Object.fromEntries(classes.map((name, index) => [name, probabilities[index] as number]));
