import { createWriteTransaction } from 'electrodb';
import type { Table } from '../../platform/table.ts';
import { addTallies, emptyTally, type Tally } from '../domain/tally.ts';
import { cursorEntity, pointEntity, totalsEntity } from './entities.ts';

/** How a version did on the cases of one segment. */
export interface Point {
  readonly version: string;
  readonly segment: number;
  readonly at: string;
  readonly tally: Tally;
}

export type StoredPoint = Pick<Point, 'segment' | 'at'> & Pick<Tally, 'cases' | 'correct'>;

/** Points of a version's history that are read at most: the last. */
const shownPoints = 200;

/** Performance of a model's versions. */
export interface PerformanceStore {
  /** @returns the last segment that was scored, or undefined before the first */
  cursor(tenant: string, model: string): Promise<number | undefined>;
  /**
   * Adds points and moves the cursor, both or neither.
   *
   * @param from - the cursor that was read
   * @param points - at most 80
   * @returns false where another came between, and nothing was added
   */
  record(
    tenant: string,
    model: string,
    from: number | undefined,
    to: number,
    points: readonly Point[],
  ): Promise<boolean>;
  totals(tenant: string, model: string): Promise<{ version: string; tally: Tally }[]>;
  /** The last points of a version, the oldest first. */
  history(tenant: string, model: string, version: string): Promise<StoredPoint[]>;
}

export const openPerformanceStore = (table: Table): PerformanceStore => {
  const cursors = cursorEntity(table);
  const totals = totalsEntity(table);
  const points = pointEntity(table);
  const tallyOf = async (tenant: string, model: string, version: string): Promise<Tally> => {
    const { data } = await totals.get({ tenant, model, version }).go({ consistent: true });
    return data?.tally ?? emptyTally;
  };
  return {
    cursor: async (tenant, model) => {
      const { data } = await cursors.get({ tenant, model }).go({ consistent: true });
      return data?.sequence;
    },
    record: async (tenant, model, from, to, added) => {
      // The cursor's condition makes this the only writer, so totals may be read first and written whole.
      const versions = await Promise.all(
        [...new Set(added.map(({ version }) => version))].map(async (version) => {
          const before = await tallyOf(tenant, model, version);
          const own = added.filter((point) => point.version === version);
          return { version, tally: own.reduce((sum, point) => addTallies(sum, point.tally), before) };
        }),
      );
      const { canceled } = await createWriteTransaction({ cursors, totals, points }, (entities) => [
        entities.cursors
          .put({ tenant, model, sequence: to })
          .where(({ sequence }, { eq, notExists }) => (from === undefined ? notExists(sequence) : eq(sequence, from)))
          .commit(),
        ...versions.map((version) => entities.totals.put({ tenant, model, ...version }).commit()),
        ...added.map(({ version, segment, at, tally: { cases, correct } }) =>
          entities.points.put({ tenant, model, version, segment, at, cases, correct }).commit(),
        ),
      ]).go();
      return !canceled;
    },
    totals: async (tenant, model) => {
      const { data } = await totals.query.byVersion({ tenant, model }).go({ pages: 'all', consistent: true });
      return data.map(({ version, tally }) => ({ version, tally }));
    },
    history: async (tenant, model, version) => {
      const { data } = await points.query
        .bySegment({ tenant, model, version })
        .go({ order: 'desc', limit: shownPoints, consistent: true });
      return data.map(({ segment, at, cases, correct }) => ({ segment, at, cases, correct })).reverse();
    },
  };
};
