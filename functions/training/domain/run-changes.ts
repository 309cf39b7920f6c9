/** What happens to a job between its machine and the training service, each as one change. */
import type { InstanceType } from '../../../contracts/instances.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import { type Waiting, WaitingReason } from '../../../contracts/training.ts';
import type { SnapshotOutput } from '../../../contracts/workflows.ts';
import { type Change, nextJob } from './change.ts';
import type { JobRecord, Run } from './job-record.ts';
import { runName } from './training-run.ts';

/** The machine of a job waits for its training from now on. @throws JobEndedError */
export const enqueueJob = (job: JobRecord, snapshot: SnapshotOutput, taskToken: string): Change => ({
  job: nextJob(job, { snapshot, taskToken }),
  audit: [],
});

/** The job is about to be given to the training service. @param at - ISO 8601, UTC. @throws JobEndedError */
export const dispatchJob = (job: JobRecord, instanceType: InstanceType, at: string): Change => {
  const number = job.runs + 1;
  const run: Run = { name: runName(job.id, number), number, instanceType, submittedAt: at, stopAsked: false };
  return { job: nextJob(job, { run, waiting: undefined }), audit: [] };
};

/** The training service has the job's run. @throws JobEndedError */
export const takeUpRun = (job: JobRecord, at: string): Change => ({
  job: nextJob(job, {
    status: JobStatus.Running,
    startedAt: job.startedAt ?? at,
    runs: job.run?.number ?? job.runs,
    waiting: undefined,
    refusals: {},
  }),
  audit: [],
});

/** Why a job waits. */
export const waitJob = (job: JobRecord, waiting: Omit<Waiting, 'since'>, at: string): Change => ({
  job: nextJob(job, {
    waiting: { ...waiting, since: job.waiting?.reason === waiting.reason ? job.waiting.since : at },
  }),
  audit: [],
});

/** When a refusal comes, and until when the type is left alone; both ISO 8601, UTC. */
export interface Refusal {
  readonly at: string;
  readonly until: string;
}

/** There is no machine of the type for the job's run: it waits, and other types are tried. @throws JobEndedError */
export const refuseRun = (job: JobRecord, refusal: Refusal): Change => ({
  job: nextJob(job, job.status === JobStatus.Paused ? { run: undefined } : refusedRun(job, refusal)),
  audit: [],
});

export const refusedRun = ({ run, refusals, waiting }: JobRecord, { at, until }: Refusal): Partial<JobRecord> => {
  if (run === undefined) return {};
  const { instanceType } = run;
  const reason = WaitingReason.Capacity;
  return {
    status: JobStatus.Queued,
    run: undefined,
    refusals: { ...refusals, [instanceType]: { times: timesRefused({ refusals }, instanceType) + 1, until } },
    waiting: {
      reason,
      detail: `The training service gives no ${instanceType} now. It is tried again by itself.`,
      since: waiting?.reason === reason ? waiting.since : at,
      nextAttemptAt: until,
    },
  };
};

/** How often a type was refused in a row. */
export const timesRefused = ({ refusals }: Pick<JobRecord, 'refusals'>, instanceType: InstanceType): number =>
  refusals[instanceType]?.times ?? 0;
