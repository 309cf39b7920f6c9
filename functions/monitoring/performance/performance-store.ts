import { CustomAttributeType, createWriteTransaction, Entity } from 'electrodb';
import { partition, type Table } from '../../platform/table.ts';
import { noTotals, type Point, type Totals } from '../domain/tally.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

const cursorEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'performance-cursor', version: '1', service: 'relearn' },
      attributes: { ...owned, cursor: { type: 'number', required: true } },
      indexes: {
        ofModel: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: [], template: 'performance-cursor', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

const totalsEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'performance', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        version: { type: 'string', required: true },
        totals: { type: CustomAttributeType<Totals>('any'), required: true },
      },
      indexes: {
        byVersion: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['version'], template: 'performance#${version}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

const pointEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'performance-point', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        version: { type: 'string', required: true },
        segment: { type: 'number', required: true, padding: { length: 12, char: '0' } },
        at: { type: 'string', required: true },
        cases: { type: 'number', required: true },
        correct: { type: 'number', required: true },
      },
      indexes: {
        bySegment: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['version', 'segment'],
            template: 'performance-point#${version}#${segment}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** What was scored of one version at once. */
export interface Scored {
  readonly version: string;
  readonly totals: Totals;
  readonly points: readonly Point[];
}

/** A segment of a version's history. */
export type HistoryPoint = Point & { readonly at: string };

/** How versions did on validated cases. The cursor is moved together with all that it has counted. */
export interface PerformanceStore {
  /** @returns the last ledger segment that was scored; 0: none */
  cursor(tenant: string, model: string): Promise<number>;
  totals(tenant: string, model: string, version: string): Promise<Totals>;
  /** @returns the totals of every version that was scored */
  all(tenant: string, model: string): Promise<{ version: string; totals: Totals }[]>;
  /** @returns the last points of a version, the oldest first */
  history(tenant: string, model: string, version: string, limit: number): Promise<HistoryPoint[]>;
  /**
   * Stores what was scored, in one transaction: at most 98 totals and points.
   *
   * @param from - the cursor that was read
   * @returns false where another writer came between
   */
  record(
    tenant: string,
    model: string,
    move: { readonly from: number; readonly to: number; readonly at: string },
    scored: readonly Scored[],
  ): Promise<boolean>;
}

export const openPerformanceStore = (table: Table): PerformanceStore => {
  const entities = { cursors: cursorEntity(table), totals: totalsEntity(table), points: pointEntity(table) };
  return {
    cursor: async (tenant, model) => {
      const { data } = await entities.cursors.get({ tenant, model }).go({ consistent: true });
      return data?.cursor ?? 0;
    },
    totals: async (tenant, model, version) => {
      const { data } = await entities.totals.get({ tenant, model, version }).go({ consistent: true });
      return data?.totals ?? noTotals;
    },
    all: async (tenant, model) => {
      const { data } = await entities.totals.query.byVersion({ tenant, model }).go({ pages: 'all', consistent: true });
      return data.map(({ version, totals }) => ({ version, totals }));
    },
    history: async (tenant, model, version, limit) => {
      const { data } = await entities.points.query
        .bySegment({ tenant, model, version })
        .go({ order: 'desc', limit, consistent: true });
      return data.map(({ segment, at, cases, correct }) => ({ segment, at, cases, correct })).reverse();
    },
    record: async (tenant, model, { from, to, at }, scored) => {
      const { canceled } = await createWriteTransaction(entities, (on) => [
        on.cursors
          .put({ tenant, model, cursor: to })
          .where(({ cursor }, { eq, notExists }) => (from === 0 ? notExists(cursor) : eq(cursor, from)))
          .commit(),
        ...scored.map(({ version, totals }) => on.totals.put({ tenant, model, version, totals }).commit()),
        ...scored.flatMap(({ version, points }) =>
          points.map((point) => on.points.put({ tenant, model, version, at, ...point }).commit()),
        ),
      ]).go();
      return !canceled;
    },
  };
};
