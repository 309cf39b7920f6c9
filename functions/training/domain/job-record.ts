import * as z from 'zod';
import { JobId, Timestamp, VersionName } from '../../../contracts/identifiers.ts';
import { VersionMetrics } from '../../../contracts/metrics.ts';
import { Recipe } from '../../../contracts/model.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import { type Job, JobTrigger, type Progress } from '../../../contracts/training.ts';
import { SnapshotOutput } from '../../../contracts/workflows.ts';

/** The job's present run at the training service, and the token by which its end comes back to the machine. */
const Run = z.strictObject({
  name: z.string(),
  submittedAt: Timestamp,
  taskToken: z.string(),
});
export type Run = z.infer<typeof Run>;

/** A training job as it is stored. */
export const JobRecord = z.strictObject({
  id: JobId,
  status: z.enum(JobStatus),
  trigger: z.enum(JobTrigger),
  reason: z.string(),
  actor: z.string(),
  recipe: Recipe,
  seed: z.int(),
  rollOut: z.boolean(),
  instanceType: z.string(),
  maximumSeconds: z.int().meta({ description: 'after which the training service stops the run' }),
  createdAt: Timestamp,
  startedAt: Timestamp.optional(),
  endedAt: Timestamp.optional(),
  attempt: z.int().min(1).meta({ description: 'of the machine that carries it out' }),
  snapshot: SnapshotOutput.optional().meta({ description: 'its dataset, which stays the same in every attempt' }),
  runs: z.int().min(0).meta({ description: 'how often it was submitted to the training service' }),
  run: Run.optional(),
  version: VersionName.optional(),
  metrics: VersionMetrics.optional(),
  failure: z.string().optional(),
  revision: z.int().min(1),
});
export type JobRecord = z.infer<typeof JobRecord>;

/** What the training program has printed. */
export interface Printed {
  readonly progress?: Progress | undefined;
  readonly lines: readonly string[];
}

/** A job as the API shows it. */
export const presentJob = (model: string, record: JobRecord, printed?: Printed): Job => ({
  id: record.id,
  model,
  status: record.status,
  trigger: record.trigger,
  reason: record.reason,
  recipe: record.recipe,
  seed: record.seed,
  rollOut: record.rollOut,
  createdAt: record.createdAt,
  startedAt: record.startedAt,
  endedAt: record.endedAt,
  seconds: secondsOf(record),
  dataset: record.snapshot?.dataset,
  version: record.version,
  metrics: record.metrics,
  failure: record.failure,
  progress: printed?.progress,
  logs: printed === undefined ? undefined : [...printed.lines],
});

const secondsOf = ({ startedAt, endedAt }: JobRecord): number | undefined =>
  startedAt === undefined || endedAt === undefined ? undefined : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
