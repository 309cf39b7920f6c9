import { createWriteTransaction } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { isFinishedRollout, mayBecome, versionTransitions } from '../../../contracts/statuses.ts';
import { routeEntity } from '../../inference/index.ts';
import { openVersions, orderOf, versionEntity } from '../../models/index.ts';
import { auditEntity, openAuditTrail } from '../../platform/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import type { Change, VersionMove } from '../domain/changes.ts';
import type { RolloutRecord } from '../domain/record.ts';
import { banditEntity, ownerEntity, rolloutEntity, rolloutItem, statisticsEntity } from './entities.ts';
import type { BegunEvidence, EvidenceBasis } from './evidence-items.ts';
import { randomisedStatisticsEntity } from './randomised-store.ts';

/** What a change was decided on; it is stored only where all of it still holds. */
interface Basis {
  /** Absent where the model has none yet, or where the change leaves it as it is. */
  readonly route?: Route | undefined;
  /** Absent where the change begins it, or concerns none. */
  readonly rollout?: RolloutRecord | undefined;
  /** The evidence that was judged. */
  readonly evidence?: EvidenceBasis | undefined;
}

/**
 * Stores a change in one transaction: route, rollout, statuses of versions and audit.
 *
 * @param begun - the evidence of a rollout that begins with this change
 * @returns false where the basis holds no longer: read again and decide again
 */
export type CommitChange = (
  tenant: string,
  model: string,
  basis: Basis,
  change: Change,
  begun?: BegunEvidence,
) => Promise<boolean>;

type Given<Item> = { [Member in keyof Item]: Exclude<Item[Member], undefined> };

/** The whole item: an attribute that the last one had, and this one has not, is gone. */
const routeItem = (tenant: string, model: string, route: Route) => {
  const given = Object.entries(route).filter(([, value]) => value !== undefined);
  return { tenant, model, ...(Object.fromEntries(given) as Given<Route>) };
};

export const openCommitChange = (table: Table, clock: Clock): CommitChange => {
  const entities = {
    routes: routeEntity(table),
    rollouts: rolloutEntity(table),
    paired: statisticsEntity(table),
    randomised: randomisedStatisticsEntity(table),
    bandits: banditEntity(table),
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
    const routeItems = route === undefined ? [] : [routeItem(tenant, model, route)];
    const records = rollout === undefined ? [] : [rolloutItem(tenant, model, rollout)];
    const isBegun = rollout !== undefined && basis.rollout === undefined && !isFinishedRollout(rollout.status);
    const key = { ...of, rollout: rollout?.id ?? '' };
    const paired = begun?.kind === 'paired' ? [begun.statistics] : [];
    const randomised = begun?.kind === 'randomised' ? [begun.statistics] : [];
    const bandit = begun?.kind === 'bandit' ? [begun.statistics] : [];
    const judged = (kind: EvidenceBasis['kind']) => (basis.evidence?.kind === kind ? [basis.evidence.version] : []);

    const result = await createWriteTransaction(entities, (on) => [
      ...routeItems.map((item) =>
        basis.route === undefined
          ? on.routes.create(item).commit()
          : on.routes
              .put(item)
              .where(({ revision }, { eq }) => eq(revision, item.revision - 1))
              .commit(),
      ),
      ...records.map((item) =>
        basis.rollout === undefined
          ? on.rollouts.create(item).commit()
          : on.rollouts
              .put(item)
              .where(({ revision }, { eq }) => eq(revision, item.revision - 1))
              .commit(),
      ),
      ...(isBegun ? [on.owners.create({ ...key, platform: platformTenant }).commit()] : []),
      ...paired.map((statistics) => on.paired.create({ ...key, ...statistics }).commit()),
      ...randomised.map((statistics) => on.randomised.create({ ...key, ...statistics }).commit()),
      ...bandit.map((statistics) => on.bandits.create({ ...key, ...statistics }).commit()),
      ...judged('paired').map((read) =>
        on.paired
          .check(key)
          .where(({ version }, { eq }) => eq(version, read))
          .commit(),
      ),
      ...judged('randomised').map((read) =>
        on.randomised
          .check(key)
          .where(({ version }, { eq }) => eq(version, read))
          .commit(),
      ),
      ...judged('bandit').map((read) =>
        on.bandits
          .check(key)
          .where(({ version }, { eq }) => eq(version, read))
          .commit(),
      ),
      ...planned.flat().map(({ key: of, from, set }) =>
        on.versions
          .patch(of)
          .set(set)
          .where(({ status }, { eq }) => eq(status, from))
          .commit(),
      ),
      ...entries.map((entry) => on.audit.create({ tenant, number: entry.number, entry }).commit()),
    ]).go();
    return isStored(result);
  };
};
