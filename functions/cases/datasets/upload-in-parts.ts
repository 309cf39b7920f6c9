import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../platform/object-store.ts';

/** S3 refuses parts below 5 MB, but for the last. */
const partBytes = 8_388_608;

/** Joins pieces until they are large enough to be a part. */
async function* inParts(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < partBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** Writes an object of any size with the memory of one part. It appears whole or not at all. */
export const uploadInParts = async (
  { client, bucket: Bucket }: Pick<ObjectStore, 'client' | 'bucket'>,
  Key: string,
  ContentType: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType }));
  try {
    const Parts: CompletedPart[] = [];
    for await (const Body of inParts(pieces)) {
      const PartNumber = Parts.length + 1;
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      Parts.push({ ETag, PartNumber });
    }
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    throw error;
  }
};
