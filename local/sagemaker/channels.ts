import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Channel } from './requests.ts';
import { objectsOfManifest, parseS3Uri, pathInChannel, type S3Location } from './s3-uri.ts';

type Selected = { readonly location: S3Location; readonly path: string };

const concurrentDownloads = 8;

/**
 * Downloads what a channel selects into its folder, with the client's own permissions.
 *
 * @throws what S3 refuses with (AccessDenied, NoSuchKey …); {NoDataError} where nothing is selected
 */
export async function downloadChannel(s3: S3Client, channel: Channel, folder: string): Promise<void> {
  const { S3DataType, S3Uri } = channel.DataSource.S3DataSource;
  const location = parseS3Uri(S3Uri);
  const selected =
    S3DataType === 'ManifestFile'
      ? objectsOfManifest(await (await read(s3, location)).transformToString())
      : await objectsOfPrefix(s3, location);
  if (selected.length === 0) {
    throw new NoDataError(`No S3 objects found under S3 URL "${S3Uri}" given in input data source`);
  }
  await downloadAll(s3, selected, folder);
}

/** Downloads what lies below a prefix, if anything does. */
export async function downloadPrefix(s3: S3Client, uri: string, folder: string): Promise<void> {
  await downloadAll(s3, await objectsOfPrefix(s3, parseS3Uri(uri)), folder);
}

async function downloadAll(s3: S3Client, selected: readonly Selected[], folder: string): Promise<void> {
  const queue = [...selected];
  const workers = Array.from({ length: concurrentDownloads }, async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      await download(s3, next, folder);
    }
  });
  await Promise.all(workers);
}

class NoDataError extends Error {
  override readonly name = 'NoDataError';
}

async function objectsOfPrefix(s3: S3Client, { bucket, key }: S3Location): Promise<Selected[]> {
  const selected: Selected[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) {
    for (const { Key = '' } of Contents) {
      // Consoles make folders visible by empty objects whose names end in a slash.
      if (!Key.endsWith('/')) {
        selected.push({ location: { bucket, key: Key }, path: pathInChannel(Key, key) });
      }
    }
  }
  return selected;
}

async function download(s3: S3Client, { location, path }: Selected, folder: string): Promise<void> {
  const file = resolve(join(folder, path));
  if (!file.startsWith(resolve(folder) + sep)) {
    throw new TypeError(`expected keys that stay in the channel's folder, got ${path}`);
  }
  await mkdir(dirname(file), { recursive: true });
  const body = (await read(s3, location)) as unknown as Readable;
  await pipeline(body, createWriteStream(file));
}

async function read(s3: S3Client, { bucket, key }: S3Location) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (!Body) {
    throw new Error(`expected the content of s3://${bucket}/${key}, got none`);
  }
  return Body;
}
