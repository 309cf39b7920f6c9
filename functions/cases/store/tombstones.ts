import { Entity } from 'electrodb';
import { partition, type Table } from '../../platform/table.ts';

/** A case that was erased after it was accepted: its line stays in the ledger, and every dataset leaves it out. */
export const tombstoneEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'tombstone', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        id: { type: 'string', required: true },
        segment: { type: 'number', required: true },
        number: { type: 'number', required: true },
      },
      indexes: {
        byCase: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['id'], template: 'tombstone#${id}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** The erased cases of models whose lines are in the ledger. */
export interface TombstoneStore {
  /** Ids in order. */
  list(tenant: string, model: string): Promise<string[]>;
  /** Which erasure of the model it was, from 1: a dataset leaves out as many as it says. */
  numberOf(tenant: string, model: string, id: string): Promise<number | undefined>;
}

export const openTombstoneStore = (table: Table): TombstoneStore => {
  const entity = tombstoneEntity(table);
  return {
    list: async (tenant, model) => {
      const { data } = await entity.query.byCase({ tenant, model }).go({ consistent: true, pages: 'all' });
      return data.map(({ id }) => id);
    },
    numberOf: async (tenant, model, id) => {
      const { data } = await entity.get({ tenant, model, id }).go({ consistent: true });
      return data?.number;
    },
  };
};
