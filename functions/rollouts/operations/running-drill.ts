import { RolloutEnd, RolloutKind } from '../../../contracts/rollouts.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { expire, type Occasion } from '../domain/changes.ts';
import { isRouteOf } from '../domain/record.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';

/** A drill, which a rollout in earnest need not wait for. */
interface RunningDrill {
  /** The route as it will be without the drill. */
  readonly without: Route;
  /** Ends the drill; the route is to be read again, whoever ended it. */
  giveWay(occasion: Occasion): Promise<void>;
}

/** @returns undefined where no drill runs */
export const runningDrill = async (
  store: DeploymentStore,
  tenant: string,
  model: string,
  route: Route | undefined,
): Promise<RunningDrill | undefined> => {
  if (route?.rollout === undefined) return undefined;
  const rollout = await store.rollout(tenant, model, route.rollout);
  if (rollout?.kind !== RolloutKind.Drill) return undefined;
  const { rollout: _, challenger: __, ...without } = route;
  return {
    without,
    giveWay: async (occasion) => {
      // Where it ended meanwhile, the route was read before that.
      if (isFinishedRollout(rollout.status) || !isRouteOf(route, rollout)) return;
      const reason = 'The drill gives way to the rollout of a version.';
      const change = expire(route, rollout, RolloutEnd.Expired, reason, { pairs: 0, failures: 0 }, occasion);
      await store.commit(tenant, model, { route, rollout }, change);
    },
  };
};
