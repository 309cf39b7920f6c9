import type { CaseStatistics } from '../../../contracts/cases.ts';
import { notFound } from '../../platform/errors.ts';
import type { Table } from '../../platform/table.ts';
import type { LedgerHead } from '../domain/ledger-head.ts';
import { summarise } from '../domain/statistics.ts';
import { openCaseStore } from '../store/cases.ts';
import { openDatasetStore } from '../store/datasets.ts';
import { openLedgerStore } from '../store/ledger.ts';

/** After as many commits during one count, the numbers are given as they were read last. */
const attempts = 3;

/** Counts a model's cases. */
export interface CaseCounts {
  /** The counts of decided cases; one read. */
  head(tenant: string, model: string): Promise<LedgerHead>;
  /** Accepted cases of the dataset that was trained on last; 0 where none was. */
  trained(tenant: string, model: string): Promise<number>;
  statistics(tenant: string, model: string): Promise<CaseStatistics>;
  /**
   * Says that a dataset was trained on: `sinceTraining` counts from there.
   *
   * @throws Problem `not-found`
   */
  markTrained(tenant: string, model: string, dataset: string): Promise<void>;
}

export const openCaseCounts = (table: Table): CaseCounts => {
  const cases = openCaseStore(table);
  const datasets = openDatasetStore(table);
  const ledger = openLedgerStore(table);
  return {
    head: ledger.head,
    trained: ledger.trainedCases,
    statistics: async (tenant, model) => {
      let head = await ledger.head(tenant, model);
      let pending = await cases.countWaiting(tenant, model);
      for (let attempt = 1; attempt < attempts; attempt += 1) {
        const { revision } = head;
        head = await ledger.head(tenant, model);
        // A case that was decided between the two readings would be in both counts, or in none.
        if (head.revision === revision) break;
        pending = await cases.countWaiting(tenant, model);
      }
      return summarise(head, pending, await ledger.trainedCases(tenant, model));
    },
    markTrained: async (tenant, model, id) => {
      const dataset = await datasets.get(tenant, model, id);
      if (dataset === undefined) throw notFound(`a dataset ${id}`);
      await ledger.markTrained(tenant, model, id, dataset.cases);
    },
  };
};
