import * as z from 'zod';
import { CaseId, DatasetId, Digest, ModelName, TenantName, Timestamp } from './identifiers.ts';
import { ModelSchema, Task } from './model.ts';

const Counts = z.strictObject({
  cases: z.int(),
  train: z.int().meta({
    description:
      'on the side of training, those among them that training leaves out because a gold case is of the same subject; how many a version was trained on is the count of its metrics.training',
  }),
  holdout: z.int(),
  gold: z.int().default(0),
  labels: z.record(z.string(), z.int()).meta({ description: 'empty where labels are numbers' }),
});

/** Many small segments as one object: their gzip members one after the other, which is gzip again. */
export const Pack = z.strictObject({
  key: z.string(),
  sha256: Digest,
  cases: z.int().meta({ description: 'lines, those of erased cases among them' }),
  number: z.int().min(1).meta({ description: 'in the order of the ledger, without gaps' }),
});
export type Pack = z.infer<typeof Pack>;

/** A full list of packs; an object of its own, so that a manifest names fifty of them by one hash. */
export const PackPage = z.strictObject({ formatVersion: z.literal(2), packs: z.array(Pack) });
export type PackPage = z.infer<typeof PackPage>;

/**
 * The manifest, as the training program reads it; a dataset's id is the hash of its canonical JSON without `id`. Its
 * cases are those of the packs of `pages`, then those of `packs`, then those of `segments`, less the tombstones.
 * Version 1 knew segments only.
 */
export const Manifest = z.strictObject({
  formatVersion: z.literal([1, 2]),
  id: DatasetId,
  tenant: TenantName,
  model: ModelName,
  task: z.enum(Task),
  schema: ModelSchema,
  schemaHash: Digest,
  cut: z.int().min(0).meta({ description: 'sequence of the last segment; later segments are no part' }),
  pages: z
    .array(z.strictObject({ key: z.string(), sha256: Digest, cases: z.int(), packs: z.int() }))
    .default([])
    .meta({ description: 'full lists of packs' }),
  packs: z.array(Pack).default([]).meta({ description: 'after those of the pages' }),
  segments: z
    .array(z.strictObject({ key: z.string(), sha256: Digest, cases: z.int(), sequence: z.int() }))
    .meta({ description: 'after those of the packs' }),
  holdoutShare: z.number(),
  counts: Counts,
  tombstones: z.array(CaseId).meta({ description: 'erased cases, whose lines are to be left out' }),
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
    erased: z.int().default(0).meta({ description: 'cases that it leaves out because they were erased before' }),
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

/** How cases are exported. */
export const ExportFormat = { JsonLines: 'jsonl', Parquet: 'parquet' } as const;
export type ExportFormat = (typeof ExportFormat)[keyof typeof ExportFormat];
export const ExportQuery = z.strictObject({ format: z.enum(ExportFormat).default(ExportFormat.JsonLines) });
