import type { CaseLineage } from '../../../contracts/cases.ts';
import type { Dataset } from '../../../contracts/datasets.ts';
import type { Version } from '../../../contracts/versions.ts';
import type { Versions } from '../../models/index.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { useIn } from '../domain/lineage.ts';
import { openLedger } from '../ledger/ledger.ts';
import { openCaseStore } from '../store/cases.ts';
import { openDatasetStore } from '../store/datasets.ts';
import { openLedgerStore } from '../store/ledger.ts';
import { openTombstoneStore } from '../store/tombstones.ts';

const pageSize = 100;

/**
 * Finds the datasets that hold a case, on which side, and the versions that were made of them.
 *
 * @returns undefined where there is no such case
 */
export type TraceCase = (tenant: string, model: string, id: string) => Promise<CaseLineage | undefined>;

export const openTraceCase = (
  table: Table,
  objects: Pick<ObjectStore, 'read'>,
  versions: Pick<Versions, 'list'>,
): TraceCase => {
  const cases = openCaseStore(table);
  const store = openLedgerStore(table);
  const ledger = openLedger(table, objects);
  const datasets = openDatasetStore(table);
  const tombstones = openTombstoneStore(table);

  const allDatasets = async (tenant: string, model: string): Promise<Dataset[]> => {
    const found: Dataset[] = [];
    let cursor: string | undefined;
    do {
      const page = await datasets.list(tenant, model, pageSize, cursor);
      found.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return found;
  };

  const allVersions = async (tenant: string, model: string): Promise<Version[]> => {
    const found: Version[] = [];
    for (;;) {
      const page = await versions.list(tenant, model, pageSize, found.at(-1)?.version);
      found.push(...page);
      if (page.length < pageSize) return found;
    }
  };

  return async (tenant, model, id) => {
    const found = await cases.get(tenant, model, id);
    if (found === undefined) return undefined;
    const { status, segment } = found;
    const row = await ledger.findRow(tenant, model, found);
    if (segment === undefined || row === undefined) return { case: id, status, datasets: [], versions: [] };
    const { split, subject } = row;
    const firstGold = subject === null ? undefined : await store.firstGold(tenant, model, subject);
    const traced = { segment, split, firstGold, erasure: await tombstones.numberOf(tenant, model, id) };
    const holding = (await allDatasets(tenant, model)).flatMap((dataset) => {
      const use = useIn(dataset, traced);
      return use === undefined ? [] : [{ dataset: dataset.id, createdAt: dataset.createdAt, use }];
    });
    const uses = new Map(holding.map(({ dataset, use }) => [dataset, use]));
    const made = (await allVersions(tenant, model)).flatMap(({ version, status: state, lineage: { dataset } }) => {
      const use = uses.get(dataset);
      return use === undefined ? [] : [{ version, status: state, dataset, use }];
    });
    return { case: id, status, segment, split, datasets: holding, versions: made };
  };
};
