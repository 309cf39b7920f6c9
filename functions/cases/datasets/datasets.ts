import type { LedgerRow } from '../../../contracts/cases.ts';
import { type Dataset, Manifest } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { countTrained } from '../domain/lineage.ts';
import { type DatasetStore, openDatasetStore } from '../store/datasets.ts';
import { openTombstoneStore } from '../store/tombstones.ts';
import { openDatasetReader } from './read-dataset.ts';

/** Rows that are given at once. */
const rowsAtOnce = 1000;

/** Finds and reads datasets. */
export interface Datasets extends Pick<DatasetStore, 'get'> {
  /** @returns the dataset that was cut last, or undefined where none was */
  newest(tenant: string, model: string): Promise<Dataset | undefined>;
  /**
   * The cases of a dataset in order, but for those that were erased, a thousand at once.
   *
   * @throws SegmentCorruptedError
   */
  read(tenant: string, model: string, dataset: string): AsyncIterable<LedgerRow[]>;
  /**
   * How many of some cases each of the datasets gives to training. Datasets of a model are beginnings of one ledger,
   * which is read once, up to the last cut of them.
   *
   * @param datasets - ids
   * @param cases - ids
   * @returns by dataset; one that is absent gives none of them
   * @throws SegmentCorruptedError
   */
  countTrained(
    tenant: string,
    model: string,
    datasets: readonly string[],
    cases: ReadonlySet<string>,
  ): Promise<Map<string, number>>;
}

/** @throws Error where the manifest of a dataset is missing */
export const readManifest = async (
  objects: Pick<ObjectStore, 'read'>,
  tenant: string,
  model: string,
  id: string,
): Promise<Manifest> => {
  const stored = await objects.read(objectKeys.manifest(tenant, model, id));
  if (stored === undefined) throw new Error(`Expected the manifest of ${id}, found none. Restore the object.`);
  return Manifest.parse(JSON.parse(Buffer.from(stored).toString()));
};

export const openDatasets = (table: Table, objects: Pick<ObjectStore, 'read'>): Datasets => {
  const store = openDatasetStore(table);
  const tombstones = openTombstoneStore(table);
  const reader = openDatasetReader(objects);

  const manifestsOf = async (tenant: string, model: string, ids: readonly string[]): Promise<Manifest[]> => {
    const manifests: Manifest[] = [];
    for (const id of new Set(ids)) {
      if ((await store.get(tenant, model, id)) !== undefined) {
        manifests.push(await readManifest(objects, tenant, model, id));
      }
    }
    return manifests.sort((a, b) => b.cut - a.cut);
  };

  return {
    get: store.get,
    newest: async (tenant, model) => (await store.list(tenant, model, 1)).items[0],
    async *read(tenant, model, id) {
      const manifest = await readManifest(objects, tenant, model, id);
      const erased = new Set(await tombstones.list(tenant, model));
      let rows: LedgerRow[] = [];
      for await (const line of reader.lines(manifest, erased)) {
        // The bytes were checked against the hash of what was sealed.
        rows.push(JSON.parse(line) as LedgerRow);
        if (rows.length < rowsAtOnce) continue;
        yield rows;
        rows = [];
      }
      if (rows.length > 0) yield rows;
    },
    countTrained: async (tenant, model, ids, cases) => {
      // None of the holdout and of the gold cases: then nothing need be read.
      const manifests = cases.size === 0 ? [] : await manifestsOf(tenant, model, ids);
      const counts = manifests.map((manifest) => ({ id: manifest.id, trained: countTrained(manifest, cases) }));
      const [longest] = manifests;
      if (longest !== undefined) {
        for await (const line of reader.lines({ ...longest, tombstones: [] }, new Set())) {
          const row = JSON.parse(line) as LedgerRow;
          for (const { trained } of counts) trained.watch(row);
        }
      }
      return new Map(counts.map(({ id, trained }) => [id, trained.count()]));
    },
  };
};
