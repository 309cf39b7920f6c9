/**
 * What happens to a training job, each as one change: the next job, the next state of the model's trainings, and what
 * the audit will say. A change is stored whole or not at all.
 */
import type { VersionMetrics } from '../../../contracts/metrics.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import { isFinishedJob, JobStatus, jobTransitions, mayBecome } from '../../../contracts/statuses.ts';
import type { SnapshotOutput } from '../../../contracts/workflows.ts';
import type { AuditDraft } from './audit-draft.ts';
import type { JobRecord } from './job-record.ts';
import { runName } from './training-run.ts';
import { casesAfterFailure, type TrainingState } from './training-state.ts';

export interface Change {
  /** Absent where it stays as it is. */
  readonly state?: TrainingState;
  readonly job: JobRecord;
  readonly audit: readonly AuditDraft[];
}

/** A job ends once; what is asked of it afterwards has come too late. */
class JobEndedError extends Error {
  override readonly name = 'JobEndedError';
}

const assertOpen = ({ id, status }: JobRecord): void => {
  if (isFinishedJob(status)) throw new JobEndedError(`Expected a training job that has not ended; ${id} is ${status}.`);
};

const next = (job: JobRecord, change: Partial<JobRecord>): JobRecord => {
  assertOpen(job);
  return { ...job, ...change, revision: job.revision + 1 };
};

export type NewRecord = Omit<
  JobRecord,
  'status' | 'attempt' | 'runs' | 'revision' | 'startedAt' | 'endedAt' | 'snapshot' | 'run' | 'version' | 'metrics'
>;

/** A job begins to wait for its machine, and holds the model's one place. */
export const queueJob = (state: TrainingState, given: NewRecord, numbers: AuditDraft['numbers']): Change => ({
  state: { ...state, activeJob: given.id, revision: state.revision + 1 },
  job: { ...given, status: JobStatus.Queued, attempt: 1, runs: 0, revision: 1 },
  audit: [
    {
      action: AuditAction.TrainingStarted,
      actor: given.actor,
      subjectOfAction: given.id,
      reason: given.reason,
      numbers: { ...numbers, trigger: given.trigger, recipe: given.recipe.name, seed: given.seed },
    },
  ],
});

/** What a job is submitted with. */
export interface Submission {
  readonly snapshot: SnapshotOutput;
  readonly taskToken: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * The job is about to be given to the training service, as a new run.
 *
 * @throws JobEndedError where the job was cancelled meanwhile
 */
export const submitJob = (job: JobRecord, { snapshot, taskToken, at }: Submission): Change => {
  const runs = job.runs + 1;
  return {
    job: next(job, { snapshot, runs, run: { name: runName(job.id, runs), submittedAt: at, taskToken } }),
    audit: [],
  };
};

/** The job goes on with the run that it has, whose end comes back by another token. @throws JobEndedError */
export const adoptRun = (job: JobRecord, taskToken: string): Change => ({
  job: next(job, job.run === undefined ? {} : { run: { ...job.run, taskToken } }),
  audit: [],
});

/** The training service has taken the job. @throws JobEndedError */
export const runJob = (job: JobRecord, at: string): Change => ({
  job: next(job, { status: JobStatus.Running, startedAt: job.startedAt ?? at }),
  audit: [],
});

/** The job goes on in another execution, because its own was lost. @throws JobEndedError */
export const restartJob = (job: JobRecord): Change => ({ job: next(job, { attempt: job.attempt + 1 }), audit: [] });

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
export interface Occasion {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
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
  const begun = ending.status === JobStatus.Completed ? { ...job, status: JobStatus.Running } : job;
  assertOpen(job);
  if (!mayBecome(jobTransitions, begun.status, ending.status)) {
    throw new JobEndedError(`Expected a training job that may become ${ending.status}; ${job.id} is ${job.status}.`);
  }
  const ended = next(begun, { ...ending, endedAt: occasion.at });
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
