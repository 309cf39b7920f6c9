import * as z from 'zod';
import { CaseId, DatasetId, Digest, ModelName, TenantName, Timestamp } from './identifiers.ts';
import { ModelSchema, Task } from './model.ts';

const Counts = z.strictObject({
  cases: z.int(),
  train: z.int(),
  holdout: z.int(),
  labels: z.record(z.string(), z.int()),
});

/** The manifest, as the training program reads it; a dataset's id is the hash of its canonical JSON without `id`. */
export const Manifest = z.strictObject({
  formatVersion: z.literal(1),
  id: DatasetId,
  tenant: TenantName,
  model: ModelName,
  task: z.enum(Task),
  schema: ModelSchema,
  schemaHash: Digest,
  cut: z.int().min(0).meta({ description: 'sequence of the last segment; later segments are no part' }),
  segments: z.array(z.strictObject({ key: z.string(), sha256: Digest, cases: z.int(), sequence: z.int() })),
  holdoutShare: z.number(),
  counts: Counts,
  tombstones: z.array(CaseId),
});
export type Manifest = z.infer<typeof Manifest>;

export const Dataset = z
  .strictObject({
    id: DatasetId,
    model: ModelName,
    createdAt: Timestamp,
    cut: z.int(),
    segments: z.int(),
    schemaHash: Digest,
    ...Counts.shape,
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof Dataset>;

/**
 * Whether a case was unseen by a version: it is no part of the version's dataset, nor is another case of its subject.
 *
 * @param cut - last segment of the dataset
 * @param segment - of the case
 * @param firstSegment - of the first case of the same subject; undefined where the case has no subject
 */
export const isUnseen = (cut: number, segment: number, firstSegment: number | undefined): boolean =>
  segment > cut && (firstSegment === undefined || firstSegment > cut);

export const ExportQuery = z.strictObject({ format: z.enum(['jsonl']).default('jsonl') });
