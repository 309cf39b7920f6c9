import { createWriteTransaction } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { mayBecome, versionTransitions } from '../../../contracts/statuses.ts';
import { routeEntity } from '../../inference/index.ts';
import { openVersions, orderOf, versionEntity } from '../../models/index.ts';
import { auditEntity, openAuditTrail } from '../../platform/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Table } from '../../platform/table.ts';
import type { Change, VersionMove } from '../domain/changes.ts';
import type { RolloutRecord } from '../domain/record.ts';
import { ownerEntity, rolloutEntity, rolloutItem, statisticsEntity } from './entities.ts';
import type { Statistics } from './evidence-store.ts';

/** What a change was decided on; it is stored only where all of it still holds. */
interface Basis {
  /** Absent where the model has none yet. */
  readonly route?: Route | undefined;
  /** Absent where the change begins it, or concerns none. */
  readonly rollout?: RolloutRecord | undefined;
  /** The version of the statistics that were judged. */
  readonly statistics?: number | undefined;
}

/**
 * Stores a change in one transaction: route, rollout, statuses of versions and audit.
 *
 * @param begun - the statistics of a rollout that begins with this change
 * @returns false where the basis holds no longer: read again and decide again
 */
export type CommitChange = (
  tenant: string,
  model: string,
  basis: Basis,
  change: Change,
  begun?: Statistics,
) => Promise<boolean>;

const routeItem = (tenant: string, model: string, { challenger, stage, rollout, ...route }: Route) => ({
  tenant,
  model,
  ...route,
  ...(challenger === undefined ? {} : { challenger }),
  ...(stage === undefined ? {} : { stage }),
  ...(rollout === undefined ? {} : { rollout }),
});

export const openCommitChange = (table: Table, clock: Clock): CommitChange => {
  const entities = {
    routes: routeEntity(table),
    rollouts: rolloutEntity(table),
    statistics: statisticsEntity(table),
    owners: ownerEntity(table),
    versions: versionEntity(table),
    audit: auditEntity(table),
  };
  const versions = openVersions(table);
  const trail = openAuditTrail(table, clock);

  /** A version whose status does not allow the move keeps it: the route decides what serves, not the status. */
  const planMove = async (tenant: string, model: string, { version, to, rollout }: VersionMove) => {
    const present = await versions.get(tenant, model, version);
    if (present === undefined) return [];
    const status = to !== undefined && mayBecome(versionTransitions, present.status, to) ? to : present.status;
    const set = { status, ...(rollout === undefined ? {} : { rollout }) };
    return [{ key: { tenant, model, order: orderOf(version) }, from: present.status, set }];
  };

  return async (tenant, model, basis, { route, rollout, versions: moves, audit }, begun) => {
    const of = { tenant, model };
    const [planned, entries] = await Promise.all([
      Promise.all(moves.map((move) => planMove(tenant, model, move))),
      trail.next(
        tenant,
        audit.map((draft) => ({ ...draft, model })),
      ),
    ]);
    const next = routeItem(tenant, model, route);
    const records = rollout === undefined ? [] : [rolloutItem(tenant, model, rollout)];
    const begins = rollout === undefined || begun === undefined ? [] : [{ ...of, rollout: rollout.id, ...begun }];
    const judged =
      rollout === undefined || basis.statistics === undefined ? [] : [{ id: rollout.id, version: basis.statistics }];
    const { canceled } = await createWriteTransaction(entities, (on) => [
      basis.route === undefined
        ? on.routes.create(next).commit()
        : on.routes
            .put(next)
            .where(({ revision }, { eq }) => eq(revision, next.revision - 1))
            .commit(),
      ...records.map((item) =>
        basis.rollout === undefined
          ? on.rollouts.create(item).commit()
          : on.rollouts
              .put(item)
              .where(({ revision }, { eq }) => eq(revision, item.revision - 1))
              .commit(),
      ),
      ...begins.map((statistics) => on.statistics.create(statistics).commit()),
      ...begins.map((statistics) =>
        on.owners.create({ ...of, platform: platformTenant, rollout: statistics.rollout }).commit(),
      ),
      ...judged.map(({ id, version: read }) =>
        on.statistics
          .check({ ...of, rollout: id })
          .where(({ version }, { eq }) => eq(version, read))
          .commit(),
      ),
      ...planned.flat().map(({ key, from, set }) =>
        on.versions
          .patch(key)
          .set(set)
          .where(({ status }, { eq }) => eq(status, from))
          .commit(),
      ),
      ...entries.map((entry) => on.audit.create({ tenant, number: entry.number, entry }).commit()),
    ]).go();
    return !canceled;
  };
};
