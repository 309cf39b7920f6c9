import * as z from 'zod';
import { JobId, Timestamp, VersionName } from '../../../contracts/identifiers.ts';
import { instanceTypes } from '../../../contracts/instances.ts';
import { VersionMetrics } from '../../../contracts/metrics.ts';
import { Recipe } from '../../../contracts/model.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import { JobTrigger, Waiting } from '../../../contracts/training.ts';
import { SnapshotOutput } from '../../../contracts/workflows.ts';

const anyType = z.enum(instanceTypes);
const oldType = 'ml.m5.large';

/** The job's present run at the training service, or its last. */
const Run = z.object({
  name: z.string(),
  number: z.int().min(1).default(1).meta({ description: 'of the runs of the job' }),
  instanceType: anyType.default(oldType),
  submittedAt: Timestamp,
  stopAsked: z.boolean().default(false).meta({ description: 'whether it is stopped because the job is paused' }),
  seconds: z.number().optional().meta({ description: 'that it has trained, once its end is accounted for' }),
});
export type Run = z.infer<typeof Run>;

/** When a type of instance was refused last, how often in a row, and until when it is left alone. */
export const Refusals = z.partialRecord(anyType, z.strictObject({ times: z.int().min(1), until: Timestamp }));
export type Refusals = z.infer<typeof Refusals>;

/** Why a run was tried again. */
export const Trouble = {
  Crash: 'crash',
  /** A library ended the process. */
  Abort: 'abort',
  Memory: 'memory',
  Disk: 'disk',
  Interruption: 'interruption',
} as const;
export type Trouble = (typeof Trouble)[keyof typeof Trouble];

/** A training job as it is stored. What has a default is not there in jobs that an earlier release stored. */
export const JobRecord = z.object({
  id: JobId,
  status: z.enum(JobStatus),
  trigger: z.enum(JobTrigger),
  reason: z.string(),
  actor: z.string(),
  recipe: Recipe,
  seed: z.int(),
  rollOut: z.boolean(),

  instanceTypes: z.array(anyType).min(1).default([oldType]).meta({ description: 'allowed, the preferred first' }),
  minimumMemoryGigabytes: z.number().optional().meta({ description: 'of its next machine, since its memory ran out' }),
  volumeGigabytes: z.int().min(1).default(30).meta({ description: "of its machine's disk" }),
  spot: z.boolean().default(false),
  maximumSeconds: z.int().meta({ description: 'of training, in all runs together' }),
  maximumRetries: z.int().min(0).default(2),

  createdAt: Timestamp,
  startedAt: Timestamp.optional(),
  pausedAt: Timestamp.optional().meta({ description: 'when it was paused last' }),
  endedAt: Timestamp.optional(),

  attempt: z.int().min(1).meta({ description: 'of the machine that carries it out' }),
  losses: z.int().min(0).default(0).meta({ description: 'how often its machine was lost' }),
  snapshot: SnapshotOutput.optional().meta({ description: 'its dataset, which stays the same in every attempt' }),
  taskToken: z.string().optional().meta({ description: 'of the state of its machine that waits for its training' }),

  runs: z.int().min(0).meta({ description: 'how often the training service took it' }),
  run: Run.optional(),
  waiting: Waiting.optional(),
  refusals: Refusals.default({}),
  retries: z.array(z.enum(Trouble)).default([]),

  estimatedDollars: z.number().min(0).default(0).meta({ description: 'at most, on the machine that it has' }),
  allowedDollars: z.number().optional().meta({ description: "left of the month's budget when it was asked for" }),
  spentDollars: z.number().min(0).default(0),
  trainedSeconds: z.number().min(0).default(0),

  version: VersionName.optional(),
  metrics: VersionMetrics.optional(),
  failure: z.string().optional(),
  revision: z.int().min(1),
});
export type JobRecord = z.infer<typeof JobRecord>;
