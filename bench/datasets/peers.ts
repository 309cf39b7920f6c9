import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { ExportFormat, Manifest } from '../../contracts/datasets.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { readManifest } from '../../functions/cases/datasets/datasets.ts';
import { uploadInParts } from '../../functions/cases/datasets/upload-in-parts.ts';
import { verified } from '../../functions/cases/ledger/segment-file.ts';
import type { Segment } from '../../functions/cases/store/ledger.ts';
import { openPackStore } from '../../functions/cases/store/packs.ts';
import { canonicalJson, sha256 } from '../../functions/platform/canonical-json.ts';
import type { ObjectStore } from '../../functions/platform/object-store.ts';
import type { Table } from '../../functions/platform/table.ts';
import { model, tenant } from './ledger.ts';

const folder = `tenants/${tenant}/models/${model.name}/datasets/peers`;
const remove = async ({ client, bucket: Bucket }: ObjectStore, Key: string): Promise<void> => {
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
};

/** An export stays in the bucket, and the emulator's bucket is memory. */
export const removeExport = (objects: ObjectStore, dataset: string, format: ExportFormat): Promise<void> =>
  remove(objects, objectKeys.datasetExport(tenant, model.name, dataset, format));

/**
 * The floor of every snapshot that writes the whole dataset again: all files are read, checked and written once, as
 * they are, without so much as unpacking them.
 */
export const rewriteWhole = async (table: Table, objects: ObjectStore, dataset: string): Promise<void> => {
  const { segments, packs, pages } = await readManifest(objects, tenant, model.name, dataset);
  const paged = pages.reduce((sum, page) => sum + page.packs, 0);
  const known = await openPackStore(table).packs(tenant, model.name, { first: 1, last: paged });
  async function* files(): AsyncIterable<Uint8Array> {
    for (const { key, sha256: digest } of [...known, ...packs, ...segments]) {
      yield verified(key, await objects.read(key), digest);
    }
  }
  const key = `${folder}/whole.jsonl.gz`;
  await uploadInParts(objects, key, 'application/gzip', files());
  await remove(objects, key);
};

type Listed = Manifest['segments'][number];

/**
 * A snapshot whose manifest names every segment: the last one is read, what is new is added, and manifest and list are
 * written whole.
 */
export const openListEverySegment = (objects: ObjectStore) => {
  const manifestKey = (count: number): string => `${folder}/${count}.json`;
  const listOf = (segments: readonly Listed[]) => [{ prefix: folder }, ...segments.map(({ key }) => key)];
  const write = async (segments: readonly Listed[]): Promise<void> => {
    const content = { formatVersion: 1, tenant, model: model.name, schema: model.schema, segments };
    const manifest = canonicalJson({ ...content, id: `ds_${sha256(canonicalJson(content))}` });
    await objects.writeOnce(`${folder}/${segments.length}.list`, JSON.stringify(listOf(segments)), 'application/json');
    await objects.writeOnce(manifestKey(segments.length), manifest, 'application/json');
  };
  const listed = (segments: readonly Segment[]): Listed[] => segments.map(({ sealedAt: _, ...segment }) => segment);
  return {
    /** The snapshot that the next one goes on from. */
    begin: (segments: readonly Segment[]) => write(listed(segments)),
    /** @param before - segments of the snapshot that is there */
    snapshot: async (segments: readonly Segment[], before: number): Promise<void> => {
      const stored = await objects.read(manifestKey(before));
      const last = JSON.parse(Buffer.from(stored ?? []).toString()) as { segments: Listed[] };
      await write([...last.segments, ...listed(segments.slice(before))]);
    },
    forget: async (count: number): Promise<void> => {
      await remove(objects, manifestKey(count));
      await remove(objects, `${folder}/${count}.list`);
    },
  };
};
