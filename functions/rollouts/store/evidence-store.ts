import { createWriteTransaction } from 'electrodb';
import type { Block, JudgedVerdict } from '../../../contracts/rollouts.ts';
import type { Table } from '../../platform/table.ts';
import type { PairedPolicy } from '../domain/paired-policy.ts';
import type { PairedState } from '../domain/paired-process.ts';
import type { ScoreDrift } from '../domain/score-drift.ts';
import { blockEntity, statisticsEntity } from './entities.ts';

/** What a rollout has counted. */
export interface Statistics {
  /** Rises by 1 with each write; a writer names the one that it read. */
  readonly version: number;
  /** Last ledger segment of the later of the two datasets: cases up to it are no evidence. */
  readonly cut: number;
  /** Last ledger segment that was counted. */
  readonly cursor: number;
  /** Fixed when the rollout begins. */
  readonly policy: PairedPolicy;
  readonly state: PairedState;
  /** Cases on which the challenger failed. */
  readonly failures: number;
  /** Cases on which the champion failed. */
  readonly leftOut: number;
  /** Scores of the challenger against those on its holdout; absent before the first cases. */
  readonly drift?: ScoreDrift;
  readonly verdict?: JudgedVerdict;
}

/** Blocks that an answer of the API shows. */
const shownBlocks = 1000;

/** The evidence of rollouts: the statistics, and the log of blocks that they replay from. */
export interface EvidenceStore {
  get(tenant: string, model: string, rollout: string): Promise<Statistics | undefined>;
  /**
   * Stores the statistics and the blocks that led to them, in one transaction.
   *
   * @param next - with the version that follows the one read
   * @param blocks - at most 90
   * @returns false where another writer came between
   */
  record(tenant: string, model: string, rollout: string, next: Statistics, blocks: readonly Block[]): Promise<boolean>;
  /** @returns the last blocks, the oldest first */
  blocks(tenant: string, model: string, rollout: string): Promise<Block[]>;
}

export const openEvidenceStore = (table: Table): EvidenceStore => {
  const statistics = statisticsEntity(table);
  const blocks = blockEntity(table);
  return {
    get: async (tenant, model, rollout) => {
      const { data } = await statistics.get({ tenant, model, rollout }).go({ consistent: true });
      if (data === null) return undefined;
      const { tenant: _, model: __, rollout: ___, verdict, drift, ...found } = data;
      return { ...found, ...(drift === undefined ? {} : { drift }), ...(verdict === undefined ? {} : { verdict }) };
    },
    record: async (tenant, model, rollout, next, closed) => {
      const { canceled } = await createWriteTransaction({ statistics, blocks }, (entities) => [
        entities.statistics
          .put({ tenant, model, rollout, ...next })
          .where(({ version }, { eq }) => eq(version, next.version - 1))
          .commit(),
        ...closed.map((block) =>
          entities.blocks.create({ tenant, model, rollout, segment: block.segment, block }).commit(),
        ),
      ]).go();
      return !canceled;
    },
    blocks: async (tenant, model, rollout) => {
      const { data } = await blocks.query
        .bySegment({ tenant, model, rollout })
        .go({ order: 'desc', limit: shownBlocks, consistent: true });
      return data.map(({ block }) => block).reverse();
    },
  };
};
