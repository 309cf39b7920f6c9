import { createWriteTransaction, Entity } from 'electrodb';
import { ConflictError } from '../platform/errors.ts';
import { partition, type Table } from '../platform/table.ts';

const outcomeEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'outcome', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        nonce: { type: 'string', required: true },
        version: { type: 'string', required: true },
        reward: { type: 'number', required: true },
      },
      indexes: {
        byNonce: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['nonce'], template: 'outcome#${nonce}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

const totalsEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'outcome-totals', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        version: { type: 'string', required: true },
        count: { type: 'number' },
        rewards: { type: 'number' },
      },
      indexes: {
        byVersion: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['version'], template: 'outcome-totals#${version}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** The outcomes of one version's predictions. */
export interface OutcomeTotals {
  readonly version: string;
  readonly count: number;
  /** Sum of the rewards, 0 to `count`. */
  readonly rewards: number;
}

export interface NewOutcomeRecord {
  readonly nonce: string;
  readonly version: string;
  readonly reward: number;
}

/** Rewards of predictions, each counted once. */
export interface Outcomes {
  /** @returns the reward that stands for the prediction, and whether it was counted now */
  count(tenant: string, model: string, outcome: NewOutcomeRecord): Promise<{ reward: number; counted: boolean }>;
  /** @returns totals by version */
  totals(tenant: string, model: string): Promise<OutcomeTotals[]>;
}

/** Writers of one version's totals meet; after so many times something is wrong. */
const attempts = 10;

export const openOutcomes = (table: Table): Outcomes => {
  const outcomes = outcomeEntity(table);
  const totals = totalsEntity(table);
  const write = async (tenant: string, model: string, { nonce, version, reward }: NewOutcomeRecord) => {
    const { canceled } = await createWriteTransaction({ outcomes, totals }, (entities) => [
      entities.outcomes.create({ tenant, model, nonce, version, reward }).commit(),
      entities.totals.upsert({ tenant, model, version }).add({ count: 1, rewards: reward }).commit(),
    ]).go();
    return !canceled;
  };
  return {
    count: async (tenant, model, outcome) => {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        if (await write(tenant, model, outcome)) return { reward: outcome.reward, counted: true };
        const { data } = await outcomes.get({ tenant, model, nonce: outcome.nonce }).go({ consistent: true });
        if (data !== null) return { reward: data.reward, counted: false };
      }
      throw new ConflictError(`The totals were busy ${attempts} times in a row; the caller tries again.`);
    },
    totals: async (tenant, model) => {
      const { data } = await totals.query.byVersion({ tenant, model }).go({ pages: 'all', consistent: true });
      return data.map(({ version, count = 0, rewards = 0 }) => ({ version, count, rewards }));
    },
  };
};
