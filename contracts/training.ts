import * as z from 'zod';
import { TriggerDecision } from './cases.ts';
import { DatasetId, JobId, ModelName, Timestamp, VersionName } from './identifiers.ts';
import { instanceTypes } from './instances.ts';
import { VersionMetrics } from './metrics.ts';
import { Recipe } from './model.ts';
import { JobStatus } from './statuses.ts';

/** Who or what asked for a training. */
export const JobTrigger = {
  NewCases: 'new-cases',
  Days: 'days',
  Weekly: 'weekly',
  Manual: 'manual',
  Drift: 'drift',
} as const;
export type JobTrigger = (typeof JobTrigger)[keyof typeof JobTrigger];

/** The members of a recipe that a job replaces; the others stay the model's, so there are no defaults here. */
const RecipeChange = z.strictObject({
  name: Recipe.shape.name.unwrap().optional(),
  metric: Recipe.shape.metric,
  parameters: Recipe.shape.parameters.unwrap().optional(),
});

export const NewJob = z
  .strictObject({
    reason: z.string().min(1).max(500).default('started by hand'),
    recipe: RecipeChange.optional().meta({ description: "in place of the model's own, for this job alone" }),
    seed: z.int().min(0).max(2_147_483_647).optional(),
    rollOut: z
      .boolean()
      .default(true)
      .meta({ description: 'whether a version that passes the gate goes into a rollout by itself' }),
  })
  .meta({ id: 'NewTrainingJob' });
export type NewJob = z.infer<typeof NewJob>;

/** One progress line of the training program. */
export const Progress = z
  .strictObject({
    phase: z.string(),
    done: z.number(),
    total: z.number(),
    message: z.string(),
    best: z.number().nullish().meta({ description: 'the best score so far, by the metric of the recipe' }),
    trial: z.int().optional().meta({ description: 'of the search, from 1' }),
    secondsLeft: z.number().min(0).optional().meta({ description: 'of the budget, or as estimated' }),
    at: Timestamp.optional(),
  })
  .meta({ id: 'TrainingProgress' });
export type Progress = z.infer<typeof Progress>;

/** Why a queued job is not at work yet. */
export const WaitingReason = {
  /** As many trainings run on machines of this type as may. */
  InstanceLimit: 'instance-limit',
  /** The training service has no free machine, or takes no further run now. */
  Capacity: 'capacity',
  /** The training service has taken its run, and prepares the machine for it. */
  Preparing: 'preparing',
  /** A run ended in a way that is worth another try. */
  Retry: 'retry',
} as const;
export type WaitingReason = (typeof WaitingReason)[keyof typeof WaitingReason];

export const Waiting = z.strictObject({
  reason: z.enum(WaitingReason),
  detail: z.string(),
  since: Timestamp,
  nextAttemptAt: Timestamp.optional().meta({ description: 'before which it is not tried again' }),
});
export type Waiting = z.infer<typeof Waiting>;

const dollars = z.number().min(0);
const Cost = z.strictObject({
  estimated: dollars.meta({
    description: 'at most, when it was asked for: its limit of time at the price of its machine',
  }),
  spent: dollars.meta({ description: 'by the seconds that its runs have taken' }),
  currency: z.literal('USD'),
});

export const Job = z
  .strictObject({
    id: JobId,
    model: ModelName,
    status: z.enum(JobStatus),
    trigger: z.enum(JobTrigger),
    reason: z.string(),
    recipe: Recipe,
    seed: z.int(),
    rollOut: z.boolean(),
    instanceType: z.enum(instanceTypes).meta({ description: 'that it is, or would next be, trained on' }),
    spot: z.boolean(),
    runs: z.int().meta({ description: 'how often it was given to the training service' }),
    waiting: Waiting.optional().meta({ description: 'why it waits, while it is queued' }),
    cost: Cost,
    createdAt: Timestamp,
    startedAt: Timestamp.optional().meta({ description: 'when its program ran first' }),
    endedAt: Timestamp.optional(),
    seconds: z.number().optional().meta({ description: 'from its start to its end' }),
    dataset: DatasetId.optional(),
    version: VersionName.optional(),
    metrics: VersionMetrics.optional(),
    failure: z.string().optional().meta({ description: 'one sentence, why it failed' }),
    progress: Progress.optional(),
    logs: z.array(z.string()).optional().meta({ description: 'the last lines of the training program' }),
  })
  .meta({ id: 'TrainingJob' });
export type Job = z.infer<typeof Job>;

export const Schedule = z
  .strictObject({
    newCases: z.int().min(1).max(10_000_000),
    days: z.number().min(0.01).max(366),
    weekly: z.boolean(),
    enabled: z.boolean().default(true).meta({ description: 'false: this model is trained by hand only' }),
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;

export const ScheduleState = Schedule.extend({
  sinceTraining: z.int().meta({ description: 'accepted cases since the last training' }),
  lastTrainedAt: Timestamp.optional(),
}).meta({ id: 'ScheduleState' });
export type ScheduleState = z.infer<typeof ScheduleState>;

/** Why a model was not trained, and how often that was so on a day. */
export const TrainingDecision = z
  .strictObject({
    day: z.iso.date().meta({ description: 'UTC' }),
    reason: TriggerDecision.shape.reason,
    count: z.int().min(1),
    firstAt: Timestamp,
    lastAt: Timestamp,
    detail: z.string().meta({ description: 'of the last of them' }),
  })
  .meta({ id: 'TrainingDecision' });
export type TrainingDecision = z.infer<typeof TrainingDecision>;
