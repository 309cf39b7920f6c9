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

const isNamed = (error: unknown, name: string): boolean => error instanceof S3ServiceException && error.name === name;

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
        if (isNamed(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },
    writeOnce: async (key, content, contentType) => {
      const put = () =>
        client.send(
          new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: contentType, IfNoneMatch: '*' }),
        );
      try {
        // Of two conditional writes at once S3 may refuse one undecided; then it has to be asked again.
        await put().catch((error: unknown) =>
          isNamed(error, 'ConditionalRequestConflict') ? put() : Promise.reject(error),
        );
      } catch (error) {
        if (!isNamed(error, 'PreconditionFailed')) throw error;
      }
    },
  };
};
