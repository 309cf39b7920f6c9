import type { Table } from '../../platform/table.ts';
import { casesPerDay } from '../domain/case-rate.ts';
import { openLedgerStore } from '../store/ledger.ts';

/** Segments that a rate is read from: one page of the table. */
const readSegments = 500;

/**
 * Measures how many cases of a model are accepted a day.
 *
 * @param now - ISO 8601, UTC
 */
export type MeasureCaseRate = (tenant: string, model: string, now: string) => Promise<number>;

export const openCaseRate = (table: Table): MeasureCaseRate => {
  const ledger = openLedgerStore(table);
  return async (tenant, model, now) => {
    const { sequence } = await ledger.head(tenant, model);
    const before = Math.max(0, sequence - readSegments);
    const segments = await ledger.segmentsAfter(tenant, model, before, readSegments);
    return casesPerDay({ segments, whole: before === 0 }, now);
  };
};
