import { RolloutPolicy } from '../../../contracts/rollout-policy.ts';
import { RolloutKind } from '../../../contracts/rollouts.ts';
import type { Models } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { beginRollout } from '../domain/changes.ts';
import type { RolloutRecord } from '../domain/record.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import { verifyArtifact } from './verify-artifact.ts';

export interface DrillDependencies {
  readonly store: DeploymentStore;
  readonly models: Pick<Models, 'get'>;
  readonly objects: Pick<ObjectStore, 'read'>;
  readonly clock: Clock;
  /** Gives a random text for the sticky split. */
  readonly makeSalt: () => string;
}

interface Request {
  readonly tenant: string;
  readonly model: string;
  readonly actor: string;
  readonly reason: string;
}

/** Seconds after which a drill whose alarm did not act gives up. A rollout in earnest need not wait for that. */
const maximumSeconds = 300;
const tickSeconds = 2;

/**
 * Begins a drill: a rollout of the last former champion that never gets a request, with a real alarm.
 *
 * @throws Problem `not-found`, `no-champion`, `rollout-running`, `nothing-to-drill`, `artifact-missing`
 */
export const beginDrill = (
  { store, models, objects, clock, makeSalt }: DrillDependencies,
  { tenant, model: name, actor, reason }: Request,
): Promise<RolloutRecord> =>
  untilStored('the deployment', async () => {
    const [model, route] = await Promise.all([models.get(tenant, name), store.route(tenant, name)]);
    if (model === undefined) throw notFound(`a model ${name}`);
    if (route === undefined) {
      throw new Problem('no-champion', `Expected a version of ${name} that serves, found none. Deploy one first.`);
    }
    if (route.rollout !== undefined) {
      throw new Problem('rollout-running', `${route.rollout} is running. Drill when it has ended.`, {
        rollout: route.rollout,
      });
    }
    const [former] = route.previous;
    if (former === undefined) {
      throw new Problem(
        'nothing-to-drill',
        `Expected a champion before ${route.champion.version} to rehearse with, found none. Promote a second version first.`,
      );
    }
    await verifyArtifact(objects, tenant, former);
    const change = beginRollout(
      route,
      {
        id: newId('rol', clock.now()),
        kind: RolloutKind.Drill,
        challenger: former,
        reason,
        policy: RolloutPolicy.parse({ maximumSeconds, tickSeconds }),
        salt: makeSalt(),
        overridden: [],
      },
      { at: timestamp(clock), actor },
    );
    return (await store.commit(tenant, name, { route }, change)) ? change.rollout : undefined;
  });
