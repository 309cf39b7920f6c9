import type { Route } from '../../../contracts/route-item.ts';
import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { Change, Evidence, Occasion } from '../domain/changes.ts';
import { isRouteOf, type RolloutRecord } from '../domain/record.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import { type EvidenceStores, readEvidence } from './read-evidence.ts';

export interface EndDependencies extends EvidenceStores {
  readonly store: DeploymentStore;
  readonly clock: Clock;
}

export interface RolloutKey {
  readonly tenant: string;
  readonly model: string;
  readonly rollout: string;
}

/** The rollout that is named does not exist. */
export class UnknownRolloutError extends Error {
  override readonly name = 'UnknownRolloutError';
}

/** @throws UnknownRolloutError */
export const expectRollout = async (
  store: Pick<DeploymentStore, 'rollout'>,
  key: RolloutKey,
): Promise<RolloutRecord> => {
  const found = await store.rollout(key.tenant, key.model, key.rollout);
  if (found === undefined)
    throw new UnknownRolloutError(`Expected a rollout ${key.rollout} of ${key.model}, found none.`);
  return found;
};

/**
 * Ends a rollout for another reason than its verdict, once: one that has ended stays as it ended.
 *
 * @param end - makes the change, such as a rollback by an alarm
 * @returns the rollout, ended
 */
export const endRollout = (
  dependencies: EndDependencies,
  key: RolloutKey,
  actor: string,
  end: (route: Route, rollout: RolloutRecord, evidence: Evidence, occasion: Occasion) => Change,
): Promise<RolloutRecord> =>
  untilStored('the deployment', async () => {
    const { store, clock } = dependencies;
    const { tenant, model } = key;
    const rollout = await expectRollout(store, key);
    if (isFinishedRollout(rollout.status)) return rollout;
    const [route, evidence] = await Promise.all([
      store.route(tenant, model),
      readEvidence(dependencies, tenant, model, rollout),
    ]);
    if (!isRouteOf(route, rollout)) return undefined;
    const change = end(route, rollout, evidence, { at: timestamp(clock), actor });
    return (await store.commit(tenant, model, { route, rollout }, change)) ? change.rollout : undefined;
  });

/** Takes an ended rollout off the list of open ones, once its alarms are deleted. */
export const closeRollout = (
  store: Pick<DeploymentStore, 'rollout' | 'save'>,
  key: RolloutKey,
): Promise<RolloutRecord> =>
  untilStored('the deployment', async () => {
    const rollout = await expectRollout(store, key);
    if (!rollout.open || !isFinishedRollout(rollout.status)) return rollout;
    const closed = { ...rollout, open: false, revision: rollout.revision + 1 };
    return (await store.save(key.tenant, key.model, closed)) ? closed : undefined;
  });
