import { CustomAttributeType, Entity } from 'electrodb';
import type { Manifest, Pack } from '../../../contracts/datasets.ts';
import { isConditionFailure } from '../../platform/errors.ts';
import { partition, type Table } from '../../platform/table.ts';
import { countOf, type Range } from '../domain/packs.ts';

type Page = Manifest['pages'][number];

const number = { type: 'number', required: true, padding: { length: 12, char: '0' } } as const;

/** A pack whose object is written. */
const packEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'pack', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        number,
        pack: { type: CustomAttributeType<Omit<Pack, 'number'>>('any'), required: true },
      },
      indexes: {
        byNumber: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['number'], template: 'pack#${number}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** A page whose object is written. */
const pageEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'pack-page', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        number,
        page: { type: CustomAttributeType<Page>('any'), required: true },
      },
      indexes: {
        byNumber: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['number'], template: 'pack-page#${number}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** What the table knows of packs and pages: how far a ledger is packed, and their hashes. Both are immutable. */
export interface PackStore {
  /** Number of the last pack; 0: there is none. */
  lastPack(tenant: string, model: string): Promise<number>;
  lastPage(tenant: string, model: string): Promise<number>;
  /** In order. */
  packs(tenant: string, model: string, range: Range): Promise<Pack[]>;
  pages(tenant: string, model: string, range: Range): Promise<Page[]>;
  /** Says that a pack's object is written; whoever says it again says the same. */
  addPack(tenant: string, model: string, pack: Pack): Promise<void>;
  addPage(tenant: string, model: string, number: number, page: Page): Promise<void>;
}

const unlessThere = async (creating: Promise<unknown>): Promise<void> => {
  try {
    await creating;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
};

const newest = { order: 'desc', limit: 1, consistent: true } as const;
const all = { consistent: true, pages: 'all' } as const;

export const openPackStore = (table: Table): PackStore => {
  const packs = packEntity(table);
  const pages = pageEntity(table);
  return {
    lastPack: async (tenant, model) => (await packs.query.byNumber({ tenant, model }).go(newest)).data[0]?.number ?? 0,
    lastPage: async (tenant, model) => (await pages.query.byNumber({ tenant, model }).go(newest)).data[0]?.number ?? 0,
    packs: async (tenant, model, range) => {
      if (countOf(range) === 0) return [];
      const { first, last } = range;
      const query = packs.query.byNumber({ tenant, model }).between({ number: first }, { number: last });
      return (await query.go(all)).data.map((item) => ({ ...item.pack, number: item.number }));
    },
    pages: async (tenant, model, range) => {
      if (countOf(range) === 0) return [];
      const { first, last } = range;
      const query = pages.query.byNumber({ tenant, model }).between({ number: first }, { number: last });
      return (await query.go(all)).data.map(({ page }) => page);
    },
    addPack: async (tenant, model, { number: given, ...pack }) => {
      await unlessThere(packs.create({ tenant, model, number: given, pack }).go());
    },
    addPage: async (tenant, model, given, page) => {
      await unlessThere(pages.create({ tenant, model, number: given, page }).go());
    },
  };
};
