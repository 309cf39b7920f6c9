/**
 * What a rollout may do to the route of a model. Each transition takes the route that was read and gives the next one,
 * with the next revision, or throws: a message that comes late or twice finds a route that is not its own.
 *
 *     first ─▶ champion
 *     begin ─▶ challengers without traffic ─▶ enterStage … (weights ascend) ─▶ promote | restoreBase
 *                                              reweigh … (a bandit's, any way) ─▶ promote | restoreBase
 *     restorePrevious: the champion before
 */

import { preparing } from '../../../contracts/rollouts.ts';
import { keptChampions, type Route, type Servable, wholeWeight } from '../../../contracts/route-item.ts';

/** A rollout of the model is running; a second one waits or is refused. */
export class RolloutRunningError extends Error {
  override readonly name = 'RolloutRunningError';
}

/** The version is the champion already. */
export class VersionServingError extends Error {
  override readonly name = 'VersionServingError';
}

/** The route does not carry this rollout: it has ended, or never began. */
export class ForeignRolloutError extends Error {
  override readonly name = 'ForeignRolloutError';
}

/** The ramp only rises. */
export class DescendingWeightError extends Error {
  override readonly name = 'DescendingWeightError';
}

/** Weights are shares of the whole: none below 0, and not above it together. */
export class WeightRangeError extends Error {
  override readonly name = 'WeightRangeError';
}

/** No champion is kept to go back to. */
export class NothingToRollBackError extends Error {
  override readonly name = 'NothingToRollBackError';
}

type At = { readonly at: string };

/** The route of a model's first version. */
export const first = (champion: Servable, salt: string, { at }: At): Route => ({
  champion,
  weight: 0,
  salt,
  revision: 1,
  previous: [],
  updatedAt: at,
});

/** What a rollout puts on the route beside its challenger, and what goes with it at its end. */
export interface Also {
  readonly rivals?: readonly Servable[];
  readonly slowMilliseconds?: number;
  readonly timeoutMilliseconds?: number;
}

/** Shares of requests in basis points; `rivals` in their order on the route. */
export interface Weights {
  readonly challenger: number;
  readonly rivals: readonly number[];
}

/**
 * Takes in a challenger and, of a bandit, its rivals, without traffic: their alarms come first.
 *
 * @param salt - of the sticky split: each rollout exposes other subjects
 * @throws RolloutRunningError, VersionServingError
 */
export const begin = (
  route: Route,
  challenger: Servable,
  rollout: string,
  salt: string,
  { at }: At,
  { rivals = [], ...limits }: Also = {},
): Route => {
  if (route.rollout !== undefined) {
    throw new RolloutRunningError(
      `Expected a route without a rollout, found ${route.rollout}. Wait for its end, or roll it back.`,
    );
  }
  const serving = [challenger, ...rivals].find(({ version }) => version === route.champion.version);
  if (serving !== undefined) {
    throw new VersionServingError(`Expected other versions than the champion, got ${serving.version}.`);
  }
  return {
    ...route,
    challenger,
    weight: 0,
    ...(rivals.length === 0 ? {} : { rivals: rivals.map((servable) => ({ servable, weight: 0 })) }),
    ...limits,
    stage: preparing,
    rollout,
    salt,
    revision: route.revision + 1,
    updatedAt: at,
  };
};

/**
 * Gives the challenger the weight of its next stage.
 *
 * @param stage - weights in basis points; each rival of a bandit gets as much as the challenger
 * @throws ForeignRolloutError, DescendingWeightError, WeightRangeError
 */
export const enterStage = (
  route: Route,
  rollout: string,
  stage: { readonly name: string; readonly weight: number },
  { at }: At,
): Route => {
  assertCarries(route, rollout);
  const least = route.stage === preparing ? 0 : route.weight + 1;
  if (stage.weight < least) {
    throw new DescendingWeightError(
      `Expected a weight of at least ${least} basis points after the stage ${route.stage}, got ${stage.weight}.`,
    );
  }
  const rivals = (route.rivals ?? []).map(() => stage.weight);
  return { ...weighed(route, { challenger: stage.weight, rivals }), stage: stage.name, ...changed(route, at) };
};

/**
 * Gives the versions of a bandit other weights, up or down.
 *
 * @throws ForeignRolloutError, WeightRangeError
 */
export const reweigh = (route: Route, rollout: string, weights: Weights, { at }: At): Route => {
  assertCarries(route, rollout);
  return { ...weighed(route, weights), ...changed(route, at) };
};

/**
 * Makes a challenger the champion, and keeps the champion to go back to.
 *
 * @param version - which of the challengers. Default: the one that is no rival
 * @throws ForeignRolloutError
 */
export const promote = (route: Route, rollout: string, { at }: At, version?: string): Route => {
  const challenger = assertCarries(route, rollout);
  const all = [challenger, ...(route.rivals ?? []).map(({ servable }) => servable)];
  const promoted = version === undefined ? challenger : all.find((servable) => servable.version === version);
  if (promoted === undefined) {
    throw new ForeignRolloutError(`Expected ${version} to be among the challengers of ${rollout}, found it is not.`);
  }
  const kept = [route.champion, ...route.previous].filter((servable) => servable.version !== promoted.version);
  return { ...withoutChallengers(route, at), champion: promoted, previous: kept.slice(0, keptChampions) };
};

/**
 * Takes all challengers out at once; what served before the rollout serves alone again.
 *
 * @throws ForeignRolloutError
 */
export const restoreBase = (route: Route, rollout: string, { at }: At): Route => {
  assertCarries(route, rollout);
  return withoutChallengers(route, at);
};

/**
 * Puts the last champion back in the place of the present one, which is not kept.
 *
 * @throws RolloutRunningError while a rollout is to be ended first
 * @throws NothingToRollBackError
 */
export const restorePrevious = (route: Route, { at }: At): Route => {
  if (route.rollout !== undefined) {
    throw new RolloutRunningError(`Expected the rollout ${route.rollout} to be ended before its base is left.`);
  }
  const [champion, ...previous] = route.previous;
  if (champion === undefined) {
    throw new NothingToRollBackError(
      `Expected a champion before ${route.champion.version}, found none. Deploy the version that is to serve.`,
    );
  }
  return { ...route, champion, previous, revision: route.revision + 1, updatedAt: at };
};

const assertCarries = (route: Route, rollout: string): Servable => {
  if (route.rollout !== rollout || route.challenger === undefined) {
    throw new ForeignRolloutError(`Expected the route to carry ${rollout}, found ${route.rollout ?? 'no rollout'}.`);
  }
  return route.challenger;
};

const changed = ({ revision }: Route, at: string) => ({ revision: revision + 1, updatedAt: at });

const weighed = (route: Route, { challenger, rivals }: Weights): Route => {
  const all = [challenger, ...rivals];
  const isShare = (weight: number): boolean => Number.isInteger(weight) && weight >= 0;
  if (!all.every(isShare) || all.reduce((sum, weight) => sum + weight, 0) > wholeWeight) {
    throw new WeightRangeError(
      `Expected whole weights from 0 that come to ${wholeWeight} basis points at most, got ${all.join(', ')}.`,
    );
  }
  return {
    ...route,
    weight: challenger,
    ...(route.rivals === undefined
      ? {}
      : { rivals: route.rivals.map((rival, index) => ({ ...rival, weight: rivals[index] ?? 0 })) }),
  };
};

const withoutChallengers = (route: Route, at: string): Route => ({
  champion: route.champion,
  weight: 0,
  salt: route.salt,
  previous: route.previous,
  ...changed(route, at),
});
