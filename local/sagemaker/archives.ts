import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { pack } from 'tar-stream';
import { parseS3Uri } from './s3-uri.ts';

export type Upload = {
  readonly folder: string;
  /** Where the archive is put together before it is sent. */
  readonly archive: string;
  /** `s3://bucket/key` of the archive. */
  readonly uri: string;
  /** KMS key that S3 encrypts it with. @default the bucket's own encryption */
  readonly kmsKeyId?: string | undefined;
};

/** Packs a folder as `.tar.gz` and puts it into S3, with the client's own permissions. */
export async function uploadArchive(s3: S3Client, { folder, archive, uri, kmsKeyId }: Upload): Promise<void> {
  const tar = pack();
  await Promise.all([fill(tar, folder), pipeline(tar, createGzip(), createWriteStream(archive))]);
  const { bucket, key } = parseS3Uri(uri);
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: createReadStream(archive),
      ContentLength: (await stat(archive)).size,
      ...(kmsKeyId && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId }),
    }),
  );
}

/** Whether there is any file in the folder or below. */
export async function holdsFiles(folder: string): Promise<boolean> {
  return (await filesBelow(folder)).length > 0;
}

async function fill(tar: ReturnType<typeof pack>, folder: string): Promise<void> {
  for (const file of await filesBelow(folder)) {
    const { size, mtime } = await stat(file);
    const entry = tar.entry({ name: relative(folder, file), size, mtime, mode: 0o644 });
    await pipeline(createReadStream(file), entry);
  }
  tar.finalize();
}

/** Every file in the folder or below. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
