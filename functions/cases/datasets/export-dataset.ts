import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Manifest } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { inParallel, inPieces } from '../in-parallel.ts';
import { unpackLines } from '../ledger/segment-file.ts';
import { openDatasetStore } from '../store/datasets.ts';
import { uploadInParts } from './upload-in-parts.ts';

/** A function answers with 6 MB at most; the rest is for headers and escapes. */
const inlineBytes = 4_194_304;
const addressSeconds = 300;
const concurrency = 8;
const mediaType = 'application/x-ndjson';

/** The cases of a dataset, as JSON lines: in hand, or at an address that is good for five minutes. */
type DatasetExport = { readonly lines: string } | { readonly address: string };

/**
 * @param limit - bytes up to which the cases are given in hand
 * @returns undefined where there is no such dataset
 */
export type ExportDataset = (tenant: string, model: string, dataset: string) => Promise<DatasetExport | undefined>;

export const openExportDataset = (table: Table, objects: ObjectStore, limit = inlineBytes): ExportDataset => {
  const datasets = openDatasetStore(table);

  async function* readCases({ segments }: Manifest): AsyncIterable<Uint8Array> {
    for (const some of inPieces(segments, concurrency)) {
      yield* await inParallel(some, concurrency, async ({ key, sha256 }) =>
        unpackLines(key, await objects.read(key), sha256),
      );
    }
  }

  /** @returns undefined where they are more than fits */
  const gather = async (manifest: Manifest): Promise<string | undefined> => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of readCases(manifest)) {
      bytes += piece.length;
      if (bytes > limit) return undefined;
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString();
  };

  const address = (key: string): Promise<string> => {
    const command = new GetObjectCommand({ Bucket: objects.bucket, Key: key, ResponseContentType: mediaType });
    return getSignedUrl(objects.client, command, { expiresIn: addressSeconds });
  };

  return async (tenant, model, id) => {
    if ((await datasets.get(tenant, model, id)) === undefined) return undefined;
    const stored = await objects.read(objectKeys.manifest(tenant, model, id));
    if (stored === undefined) throw new Error(`Expected the manifest of ${id}, found none. Restore the object.`);
    const manifest = Manifest.parse(JSON.parse(Buffer.from(stored).toString()));
    const lines = await gather(manifest);
    if (lines !== undefined) return { lines };
    const key = objectKeys.datasetExport(tenant, model, id);
    await uploadInParts(objects, key, mediaType, readCases(manifest));
    return { address: await address(key) };
  };
};
