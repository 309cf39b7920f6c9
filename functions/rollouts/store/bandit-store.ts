import { createWriteTransaction } from 'electrodb';
import type { Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import type { EarnedByVersion } from '../domain/judge-bandit.ts';
import { banditEntity } from './entities.ts';

/** What a bandit has counted. */
export interface BanditStatistics {
  /** Rises by 1 with each write; a writer names the one that it read. */
  readonly version: number;
  /** Units whose window began before are counted; ms since 1970. */
  readonly cursor: number;
  readonly earned: EarnedByVersion;
  /** Predictions that a challenger failed on, among those that were counted. */
  readonly failures: number;
}

/** The evidence of bandits. */
export interface BanditStore {
  get(tenant: string, model: string, rollout: string): Promise<BanditStatistics | undefined>;
  /**
   * @param next - with the version that follows the one read
   * @returns false where another writer came between
   */
  record(tenant: string, model: string, rollout: string, next: BanditStatistics): Promise<boolean>;
}

export const openBanditStore = (table: Table): BanditStore => {
  const bandits = banditEntity(table);
  return {
    get: async (tenant, model, rollout) => {
      const { data } = await bandits.get({ tenant, model, rollout }).go({ consistent: true });
      if (data === null) return undefined;
      const { tenant: _, model: __, rollout: ___, ...found } = data;
      return found;
    },
    record: async (tenant, model, rollout, next) =>
      isStored(
        await createWriteTransaction({ bandits }, (on) => [
          on.bandits
            .put({ tenant, model, rollout, ...next })
            .where(({ version }, { eq }) => eq(version, next.version - 1))
            .commit(),
        ]).go(),
      ),
  };
};
