import { CustomAttributeType, createWriteTransaction, Entity } from 'electrodb';
import type { JudgedVerdict, RandomisedBlock } from '../../../contracts/rollouts.ts';
import { partition, type Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import { type MissingLabelsState, startMissingLabels } from '../domain/randomised/missing-labels.ts';
import type { RandomisedPolicy } from '../domain/randomised/policy.ts';
import { type RandomisedState, startRandomisedProcess } from '../domain/randomised/state.ts';

/** What a rollout has counted of the outcomes of live answers. */
export interface RandomisedStatistics {
  /** Rises by 1 with each write; a writer names the one that it read. */
  readonly version: number;
  /** Outcomes of predictions before it are counted; ms since 1970. */
  readonly cursor: number;
  /** Minutes of predictions before it are compared for missing labels; ms since 1970. */
  readonly labelCursor: number;
  /** Blocks in the log. */
  readonly blocks: number;
  /** Fixed when the rollout begins. */
  readonly policy: RandomisedPolicy;
  readonly state: RandomisedState;
  readonly labels: MissingLabelsState;
  /** Predictions that the challenger failed on, among those that were counted. */
  readonly failures: number;
  readonly verdict?: JudgedVerdict;
}

/** The statistics of a rollout that begins. */
export const startRandomisedStatistics = (policy: RandomisedPolicy): RandomisedStatistics => ({
  version: 1,
  cursor: 0,
  labelCursor: 0,
  blocks: 0,
  policy,
  state: startRandomisedProcess(policy),
  labels: startMissingLabels(),
  failures: 0,
});

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
  rollout: { type: 'string', required: true },
} as const;

/** What a rollout has counted, in constant size. `version` rises by 1 with each write. */
export const randomisedStatisticsEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-randomised', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        version: { type: 'number', required: true },
        cursor: { type: 'number', required: true },
        labelCursor: { type: 'number', required: true },
        blocks: { type: 'number', required: true },
        policy: { type: CustomAttributeType<RandomisedPolicy>('any'), required: true },
        state: { type: CustomAttributeType<RandomisedState>('any'), required: true },
        labels: { type: CustomAttributeType<MissingLabelsState>('any'), required: true },
        failures: { type: 'number', required: true },
        verdict: { type: CustomAttributeType<JudgedVerdict>('any') },
      },
      indexes: {
        byRollout: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['rollout'], template: 'rollout-randomised#${rollout}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** The block log of randomised evidence. */
const randomisedBlockEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-randomised-block', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        number: { type: 'number', required: true, padding: { length: 12, char: '0' } },
        block: { type: CustomAttributeType<RandomisedBlock>('any'), required: true },
      },
      indexes: {
        byNumber: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['rollout', 'number'],
            template: 'rollout-randomised-block#${rollout}#${number}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Blocks that an answer of the API shows. */
const shownBlocks = 1000;

/** The randomised evidence of rollouts: the statistics, and the log of blocks that they replay from. */
export interface RandomisedStore {
  get(tenant: string, model: string, rollout: string): Promise<RandomisedStatistics | undefined>;
  /**
   * Stores the statistics and the blocks that led to them, in one transaction.
   *
   * @param next - with the version that follows the one read
   * @param blocks - at most 90
   * @returns false where another writer came between
   */
  record(
    tenant: string,
    model: string,
    rollout: string,
    next: RandomisedStatistics,
    blocks: readonly RandomisedBlock[],
  ): Promise<boolean>;
  /** @returns the last blocks, the oldest first */
  blocks(tenant: string, model: string, rollout: string): Promise<RandomisedBlock[]>;
}

export const openRandomisedStore = (table: Table): RandomisedStore => {
  const statistics = randomisedStatisticsEntity(table);
  const blocks = randomisedBlockEntity(table);
  return {
    get: async (tenant, model, rollout) => {
      const { data } = await statistics.get({ tenant, model, rollout }).go({ consistent: true });
      if (data === null) return undefined;
      const { tenant: _, model: __, rollout: ___, verdict, ...found } = data;
      return verdict === undefined ? found : { ...found, verdict };
    },
    record: async (tenant, model, rollout, next, closed) =>
      isStored(
        await createWriteTransaction({ statistics, blocks }, (on) => [
          on.statistics
            .put({ tenant, model, rollout, ...next })
            .where(({ version }, { eq }) => eq(version, next.version - 1))
            .commit(),
          ...closed.map((block) => on.blocks.create({ tenant, model, rollout, number: block.number, block }).commit()),
        ]).go(),
      ),
    blocks: async (tenant, model, rollout) => {
      const { data } = await blocks.query
        .byNumber({ tenant, model, rollout })
        .go({ order: 'desc', limit: shownBlocks, consistent: true });
      return data.map(({ block }) => block).reverse();
    },
  };
};
