/**
 * What a rollout may do to the route of a model. Each transition takes the route that was read and gives the next one,
 * with the next revision, or throws: a message that comes late or twice finds a route that is not its own.
 *
 *     first ─▶ champion
 *     begin ─▶ challenger without traffic ─▶ enterStage … (weights ascend) ─▶ promote | restoreBase
 *     restorePrevious: the champion before
 */

import { preparing } from '../../../contracts/rollouts.ts';
import { keptChampions, type Route, type Servable } from '../../../contracts/route-item.ts';

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

/**
 * Takes in a challenger, without traffic: its alarms come first.
 *
 * @param salt - of the sticky split: each rollout exposes other subjects
 * @throws RolloutRunningError, VersionServingError
 */
export const begin = (route: Route, challenger: Servable, rollout: string, salt: string, { at }: At): Route => {
  if (route.rollout !== undefined) {
    throw new RolloutRunningError(
      `Expected a route without a rollout, found ${route.rollout}. Wait for its end, or roll it back.`,
    );
  }
  if (route.champion.version === challenger.version) {
    throw new VersionServingError(`Expected another version than the champion, got ${challenger.version}.`);
  }
  return {
    ...route,
    challenger,
    weight: 0,
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
 * @param stage - weight in basis points
 * @throws ForeignRolloutError, DescendingWeightError
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
  return { ...route, weight: stage.weight, stage: stage.name, revision: route.revision + 1, updatedAt: at };
};

/**
 * Makes the challenger the champion, and keeps the champion to go back to.
 *
 * @throws ForeignRolloutError
 */
export const promote = (route: Route, rollout: string, { at }: At): Route => {
  const challenger = assertCarries(route, rollout);
  const kept = [route.champion, ...route.previous].filter(({ version }) => version !== challenger.version);
  return { ...withoutChallenger(route, at), champion: challenger, previous: kept.slice(0, keptChampions) };
};

/**
 * Takes the challenger out; what served before the rollout serves alone again.
 *
 * @throws ForeignRolloutError
 */
export const restoreBase = (route: Route, rollout: string, { at }: At): Route => {
  assertCarries(route, rollout);
  return withoutChallenger(route, at);
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

const withoutChallenger = (route: Route, at: string): Route => ({
  champion: route.champion,
  weight: 0,
  salt: route.salt,
  revision: route.revision + 1,
  previous: route.previous,
  updatedAt: at,
});
