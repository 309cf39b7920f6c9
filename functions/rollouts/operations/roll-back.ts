import { RolloutEnd } from '../../../contracts/rollouts.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { timestamp } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { type Change, type Occasion, restorePrevious, rollBack } from '../domain/changes.ts';
import { NothingToRollBackError } from '../domain/route.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import { type EndDependencies, endRollout } from './end-rollout.ts';
import { runningDrill } from './running-drill.ts';

interface Request {
  readonly tenant: string;
  readonly model: string;
  readonly actor: string;
  readonly reason: string;
  /** The version to go back from. @default the challenger, or the champion where there is none or a drill runs */
  readonly from?: string | undefined;
}

export interface RolledBack {
  readonly from: string;
  /** What serves in its place. */
  readonly to: string;
  /** The rollout that was ended. */
  readonly rollout?: string;
  /** As it was read after the change. */
  readonly route: Route;
}

/**
 * Goes back from a version: ends its rollout or, where it is the champion, restores the champion before. Which version
 * is left is settled at the first look, so a repeated or concurrent call finds it gone and changes nothing more, and a
 * challenger that is promoted meanwhile is left all the same. All challengers of a bandit go at once.
 *
 * @throws Problem `no-champion`, `nothing-to-roll-back`
 */
export const rollBackByHand = async (dependencies: EndDependencies, request: Request): Promise<RolledBack> => {
  const { store, clock } = dependencies;
  const { tenant, model, actor, reason } = request;
  const first = await expectRoute(store, tenant, model);
  // The challenger of a drill serves nobody: who says "back" means the champion.
  const { champion, challenger } = (await runningDrill(store, tenant, model, first))?.without ?? first;
  const from = request.from ?? challenger?.version ?? champion.version;
  let ended: string | undefined;

  return untilStored('the deployment', async () => {
    const route = await expectRoute(store, tenant, model);
    if (!isServed(route, from)) {
      return { from, to: route.champion.version, route, ...(ended === undefined ? {} : { rollout: ended }) };
    }
    const { rollout } = route;
    if (rollout === undefined) {
      await store.commit(tenant, model, { route }, leaveChampion(route, reason, { at: timestamp(clock), actor }));
      return undefined;
    }
    // The base of a running rollout is never left from under it.
    await endRollout(dependencies, { tenant, model, rollout }, actor, (served, record, evidence, occasion) =>
      rollBack(served, record, RolloutEnd.ByHand, reason, evidence, occasion),
    );
    ended = rollout;
    return undefined;
  });
};

/** Whether the version serves, or challenges the one that does. */
const isServed = ({ champion, challenger, rivals = [] }: Route, version: string): boolean =>
  [champion, challenger, ...rivals.map(({ servable }) => servable)].some((servable) => servable?.version === version);

const expectRoute = async (store: DeploymentStore, tenant: string, model: string): Promise<Route> => {
  const route = await store.route(tenant, model);
  if (route !== undefined) return route;
  throw new Problem('no-champion', `Expected a version of ${model} that serves, found none. Deploy one first.`);
};

const leaveChampion = (route: Route, reason: string, occasion: Occasion): Change => {
  try {
    return restorePrevious(route, reason, occasion);
  } catch (error) {
    if (error instanceof NothingToRollBackError) throw new Problem('nothing-to-roll-back', error.message);
    throw error;
  }
};
