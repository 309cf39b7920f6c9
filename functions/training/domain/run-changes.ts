/** What happens to a job between its machine and the training service, each as one change. */
import type { InstanceType } from '../../../contracts/instances.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import { type Waiting, WaitingReason } from '../../../contracts/training.ts';
import type { SnapshotOutput } from '../../../contracts/workflows.ts';
import { type Change, nextJob } from './change.ts';
import type { JobRecord, Run } from './job-record.ts';
import { mostDollars } from './machines.ts';
import { hasBegun, type RunState, RunStatus } from './run-state.ts';
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
  const estimatedDollars = mostDollars(job, instanceType);
  return { job: nextJob(job, { run, waiting: undefined, estimatedDollars }), audit: [] };
};

/**
 * What a job learns of its run that the training service has: that its machine is prepared, or that it has begun.
 *
 * @param at - ISO 8601, UTC
 * @returns undefined where it knows, or where the run is over or to stop
 */
export const followRun = (job: JobRecord, state: RunState, at: string): Change | undefined => {
  const { status, run, waiting } = job;
  if (status !== JobStatus.Queued || run === undefined) return undefined;
  // What is completed has run, though it was to stop.
  if (run.stopAsked && state.status !== RunStatus.Completed) return undefined;
  if (hasBegun(state)) return beginRun(job, run, state.startedAt === undefined ? at : timestampOf(state.startedAt));
  const isKnown = waiting?.reason === WaitingReason.Preparing;
  return state.status === RunStatus.InProgress && !isKnown ? prepareRun(job, run, at) : undefined;
};

const timestampOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The training service has the job's run, which waits for its machine there. */
const prepareRun = (job: JobRecord, { number, instanceType }: Run, at: string): Change => ({
  job: nextJob(job, {
    runs: number,
    waiting: {
      reason: WaitingReason.Preparing,
      detail: `The training service prepares a machine of the type ${instanceType}.`,
      since: at,
    },
  }),
  audit: [],
});

/** As the audit names who says that a training has begun. */
const service = 'training:service';

/** The program of the job's run is at work. @param at - ISO 8601, UTC: since when */
const beginRun = (job: JobRecord, { number, instanceType }: Run, at: string): Change => ({
  job: nextJob(job, {
    status: JobStatus.Running,
    startedAt: job.startedAt ?? at,
    runs: number,
    waiting: undefined,
    refusals: {},
  }),
  audit:
    job.startedAt === undefined
      ? [
          {
            action: AuditAction.TrainingStarted,
            actor: service,
            subjectOfAction: job.id,
            reason: job.reason,
            numbers: { run: number, instanceType },
          },
        ]
      : [],
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
