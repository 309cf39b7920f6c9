import type { Dataset, Manifest } from '../../../contracts/datasets.ts';
import type { Model } from '../../../contracts/model.ts';
import type { LedgerHead } from './ledger-head.ts';

export type ManifestSegment = Manifest['segments'][number];

/** The hash of a value's canonical JSON: SHA-256, hexadecimal. */
export type HashOf = (value: unknown) => string;

/**
 * The manifest of all cases accepted so far. The same cases give the same manifest and id, whoever cuts it and when.
 *
 * @param segments - of the ledger up to the head, in order
 * @throws RangeError where the segments are not those that the head counts
 */
export const buildManifest = (
  tenant: string,
  model: Pick<Model, 'name' | 'task' | 'schema' | 'policies'>,
  head: LedgerHead,
  segments: readonly ManifestSegment[],
  hashOf: HashOf,
): Manifest => {
  const cases = segments.reduce((sum, segment) => sum + segment.cases, 0);
  const gap = segments.findIndex(({ sequence }, index) => sequence !== index + 1);
  if (gap >= 0 || segments.length !== head.sequence || cases !== head.accepted) {
    throw new RangeError(
      `Expected ${head.sequence} segments in order with ${head.accepted} cases, got ${segments.length} with ${cases}. ` +
        'Read the ledger again.',
    );
  }
  const content: Omit<Manifest, 'id'> = {
    formatVersion: 1,
    tenant,
    model: model.name,
    task: model.task,
    schema: model.schema,
    schemaHash: hashOf(model.schema),
    cut: head.sequence,
    segments: [...segments],
    holdoutShare: head.holdoutShare ?? model.policies.holdoutShare,
    counts: {
      cases: head.accepted,
      train: head.accepted - head.holdout,
      holdout: head.holdout,
      labels: { ...head.labels },
    },
    tombstones: [],
  };
  return { ...content, id: `ds_${hashOf(content)}` };
};

/** What the platform tells of a dataset. */
export const describeDataset = (manifest: Manifest, createdAt: string): Dataset => ({
  id: manifest.id,
  model: manifest.model,
  createdAt,
  cut: manifest.cut,
  segments: manifest.segments.length,
  schemaHash: manifest.schemaHash,
  ...manifest.counts,
});

/**
 * SageMaker's list of the segments: the common prefix, then what follows it.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
 */
export const listSegments = (bucket: string, prefix: string, segments: readonly ManifestSegment[]): unknown[] => [
  { prefix: `s3://${bucket}/${prefix}` },
  ...segments.map(({ key }) => key.slice(prefix.length)),
];
