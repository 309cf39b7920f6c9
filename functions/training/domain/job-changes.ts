/** What happens to a training job and to its model's one place, each as one change. */
import type { VersionMetrics } from '../../../contracts/metrics.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import { JobStatus, jobTransitions, mayBecome } from '../../../contracts/statuses.ts';
import type { AuditDraft } from './audit-draft.ts';
import { assertOpen, type Change, JobEndedError, nextJob } from './change.ts';
import type { JobRecord } from './job-record.ts';
import { casesAfterFailure, type TrainingState } from './training-state.ts';

/** What a job is asked for with. */
export type NewRecord = Pick<
  JobRecord,
  | 'id'
  | 'trigger'
  | 'reason'
  | 'actor'
  | 'recipe'
  | 'seed'
  | 'rollOut'
  | 'instanceTypes'
  | 'spot'
  | 'maximumSeconds'
  | 'maximumRetries'
  | 'estimatedDollars'
  | 'allowedDollars'
  | 'createdAt'
>;

/** GB of a training machine's disk, for datasets that are a thousandth of it. */
const volumeGigabytes = 30;

/** What every job begins with. */
const beginning = {
  status: JobStatus.Queued,
  volumeGigabytes,
  attempt: 1,
  losses: 0,
  runs: 0,
  refusals: {},
  retries: [],
  spentDollars: 0,
  trainedSeconds: 0,
  revision: 1,
} satisfies Partial<JobRecord>;

/** A job begins to wait for its machine, and holds the model's one place. */
export const queueJob = (state: TrainingState, given: NewRecord, numbers: AuditDraft['numbers']): Change => ({
  state: { ...state, activeJob: given.id, revision: state.revision + 1 },
  job: { ...given, ...beginning },
  audit: [
    {
      action: AuditAction.TrainingRequested,
      actor: given.actor,
      subjectOfAction: given.id,
      reason: given.reason,
      numbers: { ...numbers, trigger: given.trigger, recipe: given.recipe.name, seed: given.seed },
    },
  ],
});

/** Who changes a job, and when. */
export interface By {
  readonly actor: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The job stops at its checkpoint, and keeps its model's one place. @throws JobEndedError */
export const pauseJob = (job: JobRecord, { actor, at }: By): Change => ({
  job: nextJob(job, {
    status: JobStatus.Paused,
    pausedAt: at,
    waiting: undefined,
    ...(job.run === undefined ? {} : { run: { ...job.run, stopAsked: true } }),
  }),
  audit: [{ action: AuditAction.TrainingPaused, actor, subjectOfAction: job.id, reason: 'the training job is paused' }],
});

/** The paused job goes on in another execution, which waits for a run again. @throws JobEndedError */
export const resumeJob = (job: JobRecord, { actor }: By): Change => ({
  job: nextJob(job, { status: JobStatus.Queued, attempt: job.attempt + 1, taskToken: undefined }),
  audit: [
    { action: AuditAction.TrainingResumed, actor, subjectOfAction: job.id, reason: 'the training job is resumed' },
  ],
});

/** The job goes on in another execution, because its own was lost. @throws JobEndedError */
export const restartJob = (job: JobRecord): Change => ({
  job: nextJob(job, { attempt: job.attempt + 1, losses: job.losses + 1, taskToken: undefined }),
  audit: [],
});

/** How a job ends. */
export type Ending =
  | {
      readonly status: typeof JobStatus.Completed;
      readonly version: string;
      readonly metrics?: VersionMetrics | undefined;
      /** Why its version is in no rollout though it should be. */
      readonly failure?: string | undefined;
    }
  | { readonly status: typeof JobStatus.Failed; readonly failure: string }
  | { readonly status: typeof JobStatus.Cancelled };

/** When a job ends, and by whom. */
export interface Occasion extends By {
  /** Accepted cases since the last training. */
  readonly newCases: number;
}

const actions = {
  [JobStatus.Completed]: AuditAction.TrainingEnded,
  [JobStatus.Failed]: AuditAction.TrainingEnded,
  [JobStatus.Cancelled]: AuditAction.TrainingCancelled,
} as const;

/**
 * The job ends and makes room for the next. Without a version the count trigger is held off for a while.
 *
 * @throws JobEndedError where it has ended before
 */
export const endJob = (state: TrainingState, job: JobRecord, ending: Ending, occasion: Occasion): Change => {
  // What was completed has run, even where the word of its beginning was lost.
  const begun =
    ending.status === JobStatus.Completed && job.status === JobStatus.Queued
      ? { ...job, status: JobStatus.Running }
      : job;
  assertOpen(job);
  if (!mayBecome(jobTransitions, begun.status, ending.status)) {
    throw new JobEndedError(`Expected a training job that may become ${ending.status}; ${job.id} is ${job.status}.`);
  }
  const ended = nextJob(begun, { ...ending, endedAt: occasion.at });
  return {
    state: stateAfter(state, ended, occasion),
    job: ended,
    audit: [
      {
        action: actions[ending.status],
        actor: occasion.actor,
        subjectOfAction: job.id,
        reason: ended.failure ?? `the training job is ${ending.status}`,
        numbers: { status: ending.status, version: ended.version ?? null, attempt: job.attempt },
      },
    ],
  };
};

const stateAfter = (
  { activeJob, holdOff, ...state }: TrainingState,
  { id, status }: JobRecord,
  { at, newCases }: Occasion,
): TrainingState => ({
  ...state,
  revision: state.revision + 1,
  ...(activeJob === undefined || activeJob === id ? {} : { activeJob }),
  ...(status === JobStatus.Completed
    ? { lastTrainedAt: at }
    : { holdOff: { job: id, newCases: casesAfterFailure(newCases) } }),
});
