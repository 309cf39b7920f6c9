import type { Dataset, Manifest } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { Model } from '../../../contracts/model.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import { openAuditTrail } from '../../platform/audit.ts';
import { canonicalJson, sha256 } from '../../platform/canonical-json.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { checkEnough, type EnoughCases } from '../domain/enough-cases.ts';
import { buildManifest, describeDataset, listFiles } from '../domain/manifest.ts';
import { openPackLedger } from '../ledger/pack-ledger.ts';
import { openDatasetStore } from '../store/datasets.ts';
import { openLedgerStore } from '../store/ledger.ts';
import { openTombstoneStore } from '../store/tombstones.ts';

/** A dataset, and whether this call cut it; or why none can be cut. */
type CutResult = { readonly dataset: Dataset; readonly created: boolean } | Extract<EnoughCases, { enough: false }>;

/**
 * Cuts a dataset of all cases accepted so far, less those that were erased. It costs what is new: old segments are in
 * packs, old packs in pages, and a manifest names the last few of each. The same cases give the same dataset.
 *
 * @param actor - as the audit names who or what asked for it
 */
export type CutDataset = (tenant: string, model: Model, actor: string) => Promise<CutResult>;

const hashOf = (value: unknown): string => sha256(canonicalJson(value));

export const openCutDataset = (table: Table, objects: ObjectStore, clock: Clock): CutDataset => {
  const ledger = openLedgerStore(table);
  const datasets = openDatasetStore(table);
  const tombstones = openTombstoneStore(table);
  const packLedger = openPackLedger(table, objects);
  const audit = openAuditTrail(table, clock);

  /** The head and the tombstones that it counts. */
  const read = (tenant: string, model: string) =>
    untilStored(`the ledger of ${model}`, async () => {
      const head = await ledger.head(tenant, model);
      const erased = await tombstones.list(tenant, model);
      return erased.length === head.erased ? { head, erased } : undefined;
    });

  const write = async (manifest: Manifest): Promise<void> => {
    const { tenant, model, id } = manifest;
    const list = JSON.stringify(listFiles(objects.bucket, manifest));
    await objects.writeOnce(objectKeys.segmentList(tenant, model, id), list, 'application/json');
    await objects.writeOnce(objectKeys.manifest(tenant, model, id), canonicalJson(manifest), 'application/json');
  };

  return async (tenant, model, actor) => {
    const { head, erased } = await read(tenant, model.name);
    const enough = checkEnough(head, model.policies.training);
    if (!enough.enough) return enough;
    const files = await packLedger(tenant, model.name, head.sequence);
    const manifest = buildManifest(tenant, model, head, files, erased, hashOf);
    const present = await datasets.get(tenant, model.name, manifest.id);
    if (present !== undefined) return { dataset: present, created: false };
    await write(manifest);
    const dataset = describeDataset(manifest, timestamp(clock));
    // Before the dataset is known, so that a crash can leave an entry too many, but none too few.
    await audit.append(tenant, {
      action: AuditAction.DatasetCut,
      actor,
      model: model.name,
      subjectOfAction: manifest.id,
      reason: 'cases were accepted or erased since the last dataset',
      numbers: {
        cases: dataset.cases,
        train: dataset.train,
        holdout: dataset.holdout,
        gold: dataset.gold,
        cut: dataset.cut,
      },
    });
    return await datasets.create(tenant, dataset);
  };
};
