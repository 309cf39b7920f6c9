import { timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { completeDrill } from '../domain/changes.ts';
import type { RolloutRecord } from '../domain/record.ts';
import { type EndDependencies, expectRollout, type RolloutKey } from './end-rollout.ts';

/**
 * Reads the route again after a drill's rollback, and keeps when it was found without the challenger; once.
 *
 * @throws UnknownRolloutError, ConflictError
 */
export const measureDrill = (
  { store, clock }: Pick<EndDependencies, 'store' | 'clock'>,
  key: RolloutKey,
  actor: string,
): Promise<RolloutRecord> =>
  untilStored('the drill', async () => {
    const { tenant, model, rollout: id } = key;
    const route = await store.route(tenant, model);
    const at = timestamp(clock);
    const rollout = await expectRollout(store, key);
    if (rollout.drill?.restoredAt !== undefined) return rollout;
    if (route?.rollout === id) return undefined;
    const change = completeDrill(rollout, at, { at, actor });
    return (await store.commit(tenant, model, { rollout }, change)) ? change.rollout : undefined;
  });
