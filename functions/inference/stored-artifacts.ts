import type { Readable } from 'node:stream';
import { GetObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../platform/object-store.ts';
import type { ArtifactSource } from './artifacts.ts';
import { openServingFrom, type Serving, type ServingOptions } from './serving.ts';

const sourceOf = ({ client, bucket }: ObjectStore): ArtifactSource => ({
  open: async (key) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body as Readable | undefined;
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  },
});

/** Serving from the object store, for functions that hold its client anyway: the gate, the judge, monitoring. */
export const openServing = ({ objects, ...options }: ServingOptions & { readonly objects: ObjectStore }): Serving =>
  openServingFrom(sourceOf(objects), options);
