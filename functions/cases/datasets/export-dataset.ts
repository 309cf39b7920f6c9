import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ExportFormat } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { openDatasetStore } from '../store/datasets.ts';
import { openTombstoneStore } from '../store/tombstones.ts';
import { readManifest } from './datasets.ts';
import { writeParquet } from './parquet.ts';
import { openDatasetReader } from './read-dataset.ts';
import { uploadInParts } from './upload-in-parts.ts';

/** A function answers with 6 MB at most; the rest is for headers and escapes. */
const inlineBytes = 4_194_304;
const addressSeconds = 300;
const mediaTypes = {
  [ExportFormat.JsonLines]: 'application/x-ndjson',
  [ExportFormat.Parquet]: 'application/vnd.apache.parquet',
} as const;
/** Lines that become one piece of an upload. */
const pieceCharacters = 262_144;

/** The cases of a dataset: JSON lines in hand, or a file at an address that is good for five minutes. */
type DatasetExport = { readonly lines: string } | { readonly address: string };

/**
 * The cases of a dataset but for those that were erased, before it was cut or since.
 *
 * @param limit - bytes up to which JSON lines are given in hand; Parquet never is
 * @returns undefined where there is no such dataset
 */
export type ExportDataset = (
  tenant: string,
  model: string,
  dataset: string,
  format?: ExportFormat,
) => Promise<DatasetExport | undefined>;

async function* inPieces(lines: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  let piece = '';
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < pieceCharacters) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

export const openExportDataset = (table: Table, objects: ObjectStore, limit = inlineBytes): ExportDataset => {
  const datasets = openDatasetStore(table);
  const tombstones = openTombstoneStore(table);
  const reader = openDatasetReader(objects);

  /** @returns undefined where they are more than fits */
  const gather = async (lines: AsyncIterable<string>): Promise<string | undefined> => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of inPieces(lines)) {
      bytes += piece.length;
      if (bytes > limit) return undefined;
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString();
  };

  const address = (key: string, ResponseContentType: string): Promise<string> => {
    const command = new GetObjectCommand({ Bucket: objects.bucket, Key: key, ResponseContentType });
    return getSignedUrl(objects.client, command, { expiresIn: addressSeconds });
  };

  return async (tenant, model, id, format = ExportFormat.JsonLines) => {
    if ((await datasets.get(tenant, model, id)) === undefined) return undefined;
    const manifest = await readManifest(objects, tenant, model, id);
    const erased = new Set(await tombstones.list(tenant, model));
    const lines = () => reader.lines(manifest, erased);
    const inHand = format === ExportFormat.JsonLines ? await gather(lines()) : undefined;
    if (inHand !== undefined) return { lines: inHand };
    const pieces = format === ExportFormat.Parquet ? writeParquet(manifest.schema, lines()) : inPieces(lines());
    const key = objectKeys.datasetExport(tenant, model, id, format);
    await uploadInParts(objects, key, mediaTypes[format], pieces);
    return { address: await address(key, mediaTypes[format]) };
  };
};
