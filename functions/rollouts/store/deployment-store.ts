import { platformTenant } from '../../../contracts/identifiers.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { openRouteReader } from '../../inference/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { isConditionFailure } from '../../platform/errors.ts';
import type { Table } from '../../platform/table.ts';
import { RolloutRecord } from '../domain/record.ts';
import { type CommitChange, openCommitChange } from './commit-change.ts';
import { ownerEntity, rolloutEntity, rolloutItem } from './entities.ts';

/** Routes and rollouts, which change together or not at all. */
export interface DeploymentStore {
  route(tenant: string, model: string): Promise<Route | undefined>;
  rollout(tenant: string, model: string, id: string): Promise<RolloutRecord | undefined>;
  /** @returns rollouts, the newest first, older than the one given; fewer than the limit where there are no more */
  list(tenant: string, model: string, limit: number, before?: string): Promise<RolloutRecord[]>;
  /** Whose a rollout is. */
  owner(id: string): Promise<{ tenant: string; model: string } | undefined>;
  /** Every open rollout of every tenant. */
  open(): AsyncIterable<{ tenant: string; model: string; id: string }>;
  readonly commit: CommitChange;
  /**
   * Stores what concerns the machine of the rollout alone.
   *
   * @param next - with the revision that follows the one read
   * @returns false where another writer came between
   */
  save(tenant: string, model: string, next: RolloutRecord): Promise<boolean>;
}

/** Before every id of a rollout. */
const firstId = 'rol_';

export const openDeploymentStore = (table: Table, clock: Clock): DeploymentStore => {
  const rollouts = rolloutEntity(table);
  const owners = ownerEntity(table);
  return {
    route: openRouteReader(table).get,
    commit: openCommitChange(table, clock),
    rollout: async (tenant, model, id) => {
      const { data } = await rollouts.get({ tenant, model, id }).go({ consistent: true });
      return data === null ? undefined : RolloutRecord.parse(data.record);
    },
    list: async (tenant, model, limit, before) => {
      const all = rollouts.query.byId({ tenant, model });
      // An open end would read on through whatever else the model's partition holds.
      const query = before === undefined ? all : all.between({ id: firstId }, { id: before });
      const found: RolloutRecord[] = [];
      let cursor: string | null = null;
      // DynamoDB ends a page at 1 MB too, so one that is short is not the last.
      do {
        const page: { data: { record: RolloutRecord }[]; cursor: string | null } = await query.go({
          limit: limit + 1 - found.length,
          order: 'desc',
          consistent: true,
          cursor,
        });
        const records = page.data.map(({ record }) => RolloutRecord.parse(record));
        found.push(...records.filter(({ id }) => id !== before));
        cursor = page.cursor;
      } while (cursor !== null && found.length < limit);
      return found.slice(0, limit);
    },
    owner: async (rollout) => {
      const { data } = await owners.get({ platform: platformTenant, rollout }).go({ consistent: true });
      return data === null ? undefined : { tenant: data.tenant, model: data.model };
    },
    open: async function* () {
      let cursor: string | null = null;
      do {
        const page: { data: { tenant: string; model: string; id: string }[]; cursor: string | null } =
          await rollouts.query.open({ owner: platformTenant }).go({ cursor });
        for (const { tenant, model, id } of page.data) yield { tenant, model, id };
        cursor = page.cursor;
      } while (cursor !== null);
    },
    save: async (tenant, model, next) => {
      try {
        await rollouts
          .put(rolloutItem(tenant, model, next))
          .where(({ revision }, { eq }) => eq(revision, next.revision - 1))
          .go();
        return true;
      } catch (error) {
        if (isConditionFailure((error as Error).cause ?? error)) return false;
        throw error;
      }
    },
  };
};
