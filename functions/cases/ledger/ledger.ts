import type { LedgerRow } from '../../../contracts/cases.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { inParallel } from '../in-parallel.ts';
import { openLedgerStore, type Segment } from '../store/ledger.ts';
import { unpackRows } from './segment-file.ts';

const concurrency = 8;

/** A segment and its accepted cases. */
export interface OpenedSegment extends Segment {
  readonly rows: readonly LedgerRow[];
}

/** Reads what was accepted, for whoever follows a model's ledger with a cursor: the last sequence that it has seen. */
export interface Ledger {
  /**
   * Segments in order, verified.
   *
   * @param sequence - after which; 0 begins with the first
   * @param limit - how many at most
   * @throws SegmentCorruptedError
   */
  openAfter(tenant: string, model: string, sequence: number, limit: number): Promise<OpenedSegment[]>;
  /** The line of a case, verified; undefined where it was not accepted. @throws SegmentCorruptedError */
  findRow(
    tenant: string,
    model: string,
    given: { readonly id: string; readonly segment?: number | undefined },
  ): Promise<LedgerRow | undefined>;
  /** The first segment of each subject by pseudonym; a subject without accepted case is absent. */
  firstSegments(tenant: string, model: string, subjects: readonly string[]): Promise<Map<string, number>>;
}

export const openLedger = (table: Table, objects: Pick<ObjectStore, 'read'>): Ledger => {
  const ledger = openLedgerStore(table);
  const openAfter: Ledger['openAfter'] = async (tenant, model, sequence, limit) => {
    const segments = await ledger.segmentsAfter(tenant, model, sequence, limit);
    return inParallel(segments, concurrency, async (segment) => ({
      ...segment,
      rows: unpackRows(segment.key, await objects.read(segment.key), segment.sha256),
    }));
  };
  return {
    openAfter,
    firstSegments: ledger.firstSegments,
    findRow: async (tenant, model, { id, segment }) => {
      if (segment === undefined) return undefined;
      const [opened] = await openAfter(tenant, model, segment - 1, 1);
      return opened?.rows.find((row) => row.id === id);
    },
  };
};
