import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/** Objects of one bucket, by key. */
export interface ObjectStore {
  /** @returns the bytes, or undefined where there is no such object */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Writes an object that nobody has written: the same key always holds the same content. */
  writeOnce(key: string, content: Uint8Array | string, contentType: string): Promise<void>;
  readonly client: S3Client;
  readonly bucket: string;
}

/** Opens the bucket with the function's own role. */
export const openObjectStore = (bucket: string): ObjectStore => {
  const client = new S3Client({ forcePathStyle: true });
  return {
    client,
    bucket,
    read: async (key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    writeOnce: async (key, content, contentType) => {
      try {
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: contentType, IfNoneMatch: '*' }),
        );
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'PreconditionFailed') return;
        throw error;
      }
    },
  };
};
