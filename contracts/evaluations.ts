import * as z from 'zod';
import { DatasetId, EvaluationId, ModelName, Timestamp, VersionName } from './identifiers.ts';
import { SideMetrics, Slice } from './metrics.ts';
import { EvaluationStatus } from './statuses.ts';

/** Which cases of a dataset versions are evaluated on. */
export const EvaluatedPart = {
  /** Held out: no version was trained on them. */
  Holdout: 'holdout',
  /** To test every version by. */
  Gold: 'gold',
  /** All, those that versions were trained on among them: what comes out flatters. */
  All: 'all',
} as const;
export type EvaluatedPart = (typeof EvaluatedPart)[keyof typeof EvaluatedPart];

const dataset = DatasetId.optional().meta({ description: 'default: the newest' });
const part = z.enum(EvaluatedPart).default(EvaluatedPart.Holdout);

export const NewEvaluation = z.strictObject({ dataset, part }).meta({ id: 'NewEvaluation' });

export const NewComparison = z
  .strictObject({
    versions: z
      .array(VersionName)
      .min(2)
      .max(5)
      .refine((names) => new Set(names).size === names.length, 'expected each version once')
      .meta({ description: 'each is compared with the first' }),
    dataset,
    part,
  })
  .meta({ id: 'NewComparison' });

const EvaluatedVersion = z.strictObject({
  version: VersionName,
  metrics: SideMetrics,
  slices: z.array(Slice).meta({
    description:
      "the same of every version, of each field the largest first; their metrics are without the calibration curve. Where those of a version would be above 128 KiB of JSON, the smallest are left out, of every version alike, and counted in the evaluation's slicesLeftOut",
  }),
  failures: z.int().meta({ description: 'cases on which it threw or gave a malformed answer; they count as wrong' }),
  trainedOn: z.int().meta({ description: 'of these cases, those that it was trained on' }),
});
export type EvaluatedVersion = z.infer<typeof EvaluatedVersion>;

const PairedDifference = z.strictObject({
  version: VersionName,
  against: VersionName,
  metric: z.string(),
  difference: z.number().meta({ description: "the version's minus the other's, on the same cases" }),
  lower: z.number(),
  upper: z
    .number()
    .meta({ description: 'of the interval that holds the true difference in 95 of 100 such comparisons' }),
  better: z.boolean().nullable().meta({ description: 'whether the version is; null where the interval holds 0' }),
});
export type PairedDifference = z.infer<typeof PairedDifference>;

export const Evaluation = z
  .strictObject({
    id: EvaluationId,
    model: ModelName,
    status: z.enum(EvaluationStatus),
    versions: z.array(VersionName),
    dataset: DatasetId,
    part: z.enum(EvaluatedPart),
    createdAt: Timestamp,
    endedAt: Timestamp.optional(),
    cases: z.int().optional(),
    results: z
      .array(EvaluatedVersion)
      .optional()
      .meta({ description: 'of each version; a list of evaluations is without them' }),
    slicesLeftOut: z
      .int()
      .optional()
      .meta({ description: 'how many slices of each version are left out, because all of them would be too large' }),
    differences: z.array(PairedDifference).optional(),
    failure: z.string().optional().meta({ description: 'one sentence, why it failed' }),
  })
  .meta({ id: 'Evaluation' });
export type Evaluation = z.infer<typeof Evaluation>;
