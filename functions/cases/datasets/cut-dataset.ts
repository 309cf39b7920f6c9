import { type Dataset, Manifest } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { Model } from '../../../contracts/model.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import { openAuditTrail } from '../../platform/audit.ts';
import { canonicalJson, sha256 } from '../../platform/canonical-json.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { checkEnough, type EnoughCases } from '../domain/enough-cases.ts';
import { buildManifest, describeDataset, listSegments, type ManifestSegment } from '../domain/manifest.ts';
import { openDatasetStore } from '../store/datasets.ts';
import { openLedgerStore, type Segment } from '../store/ledger.ts';

/** A dataset, and whether this call cut it; or why none can be cut. */
type CutResult = { readonly dataset: Dataset; readonly created: boolean } | Extract<EnoughCases, { enough: false }>;

/**
 * Cuts a dataset of all cases accepted so far. It costs what is new: the segments up to the last dataset's cut come from
 * its manifest. The same cases give the same dataset.
 *
 * @param actor - as the audit names who or what asked for it
 */
export type CutDataset = (tenant: string, model: Model, actor: string) => Promise<CutResult>;

const hashOf = (value: unknown): string => sha256(canonicalJson(value));
const listed = ({ key, sha256: digest, cases, sequence }: Segment): ManifestSegment => ({
  key,
  sha256: digest,
  cases,
  sequence,
});

export const openCutDataset = (table: Table, objects: ObjectStore, clock: Clock): CutDataset => {
  const ledger = openLedgerStore(table);
  const datasets = openDatasetStore(table);
  const audit = openAuditTrail(table, clock);
  const segmentsOf = async (tenant: string, model: string, id: string): Promise<ManifestSegment[]> => {
    const manifest = await objects.read(objectKeys.manifest(tenant, model, id));
    return manifest === undefined ? [] : Manifest.parse(JSON.parse(Buffer.from(manifest).toString())).segments;
  };

  const write = async (tenant: string, manifest: Manifest): Promise<void> => {
    const { model, id, segments } = manifest;
    const prefix = objectKeys.ledger(tenant, model);
    const list = JSON.stringify(listSegments(objects.bucket, prefix, segments));
    await objects.writeOnce(objectKeys.segmentList(tenant, model, id), list, 'application/json');
    await objects.writeOnce(objectKeys.manifest(tenant, model, id), canonicalJson(manifest), 'application/json');
  };

  return async (tenant, model, actor) => {
    const head = await ledger.head(tenant, model.name);
    const enough = checkEnough(head, model.policies.training);
    if (!enough.enough) return enough;
    const last = (await datasets.list(tenant, model.name, 1)).items[0];
    const known = last === undefined ? [] : await segmentsOf(tenant, model.name, last.id);
    // Another may have cut a later dataset since the head was read.
    const before = known.slice(0, head.sequence);
    const added = await ledger.segmentsAfter(tenant, model.name, before.length, head.sequence - before.length);
    const manifest = buildManifest(tenant, model, head, [...before, ...added.map(listed)], hashOf);
    const present = await datasets.get(tenant, model.name, manifest.id);
    if (present !== undefined) return { dataset: present, created: false };
    await write(tenant, manifest);
    const dataset = describeDataset(manifest, timestamp(clock));
    // Before the dataset is known, so that a crash can leave an entry too many, but none too few.
    await audit.append(tenant, {
      action: AuditAction.DatasetCut,
      actor,
      model: model.name,
      subjectOfAction: manifest.id,
      reason: 'cases were accepted since the last dataset',
      numbers: { cases: dataset.cases, train: dataset.train, holdout: dataset.holdout, cut: dataset.cut },
    });
    return await datasets.create(tenant, dataset);
  };
};
