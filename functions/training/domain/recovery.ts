import { daySeconds } from '../../../contracts/durations.ts';
import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import type { Lease } from './capacity.ts';
import type { JobRecord, Run } from './job-record.ts';
import { remainingSeconds } from './machines.ts';
import { followRun } from './run-changes.ts';
import { hasEnded, type RunState, RunStatus } from './run-state.ts';

/** What became of the execution of a job's present attempt. */
export const ExecutionState = { Absent: 'absent', Running: 'running', Over: 'over' } as const;
export type ExecutionState = (typeof ExecutionState)[keyof typeof ExecutionState];

/** What a job that has not ended needs. */
export type Recovery =
  | { readonly kind: 'none' }
  /** Its machine was never started. */
  | { readonly kind: 'start' }
  /** Its machine is gone. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'give-up'; readonly failure: string }
  /** Its run has ended, and that may not be settled. */
  | { readonly kind: 'settle'; readonly run: RunState }
  /** The training service may never have been given its run. */
  | { readonly kind: 'give' }
  /** The training service has its run, and the job does not know, or not how far it is. */
  | { readonly kind: 'take-up'; readonly run: RunState }
  /** It is paused, and its machine or its run goes on. */
  | { readonly kind: 'halt' }
  /** Its run waits for a machine for too long: another type may be free. */
  | { readonly kind: 'stop-run' }
  /** Its run does not end. */
  | { readonly kind: 'stop'; readonly failure: string };

const none: Recovery = { kind: 'none' };
const maximumLosses = 2;

/** Within it a process that gives a run to the training service may still be at work. */
const givingSeconds = 90;
/** A run that is over its limit is for the training service to stop first. */
const graceSeconds = 300;
/** How long a run may wait for a machine before its program starts. */
const waitingSeconds = daySeconds;
/** How long a spot run may wait for machines, beside the time that it trains. */
export const spotWaitingSeconds = 3600;

/**
 * What is known of a run that the training service does not know: where it should be stopped, and was not given to the
 * service by now, it never will be.
 *
 * @param now - milliseconds since 1970
 */
export const presumedState = (run: Run, state: RunState | undefined, now: number): RunState | undefined =>
  state === undefined && run.stopAsked && ageOf(run, now) >= givingSeconds ? { status: RunStatus.Stopped } : state;

const ageOf = ({ submittedAt }: Run, now: number): number => (now - Date.parse(submittedAt)) / 1000;

/**
 * Decides what a job that has not ended needs.
 *
 * @param state - of its run at the training service; undefined where there is none, or none is known there
 * @param now - milliseconds since 1970
 */
export const decideRecovery = (
  job: JobRecord,
  execution: ExecutionState,
  state: RunState | undefined,
  now: number,
): Recovery => {
  if (job.status === JobStatus.Paused) return watchPaused(job, execution, state);
  switch (execution) {
    case ExecutionState.Absent:
      return { kind: 'start' };
    case ExecutionState.Over:
      return job.losses < maximumLosses
        ? { kind: 'restart' }
        : { kind: 'give-up', failure: `The training was interrupted ${maximumLosses + 1} times. Start it again.` };
    case ExecutionState.Running:
      return job.run === undefined ? none : watchRun(job, job.run, state, now);
  }
};

const watchPaused = ({ run }: JobRecord, execution: ExecutionState, state: RunState | undefined): Recovery => {
  if (execution === ExecutionState.Running || state?.status === RunStatus.InProgress) return { kind: 'halt' };
  const isSettled = run === undefined || run.seconds !== undefined;
  return isSettled || state === undefined || !hasEnded(state) ? none : { kind: 'settle', run: state };
};

const watchRun = (job: JobRecord, run: Run, state: RunState | undefined, now: number): Recovery => {
  if (state === undefined) return run.stopAsked || ageOf(run, now) < givingSeconds ? none : { kind: 'give' };
  if (hasEnded(state)) return { kind: 'settle', run: state };
  const goingOn = isLate(job, run, state, now) ? late(job) : none;
  if (state.status === RunStatus.Stopping) return goingOn;
  if (run.stopAsked) return { kind: 'stop-run' };
  if (followRun(job, state, new Date(now).toISOString()) !== undefined) return { kind: 'take-up', run: state };
  const isUnstarted = state.startedAt === undefined && !job.spot && ageOf(run, now) >= waitingSeconds;
  return isUnstarted ? { kind: 'stop-run' } : goingOn;
};

/** A spot run is without a machine for a while, before its first start and between others. */
const isLate = (job: JobRecord, run: Run, { startedAt }: RunState, now: number): boolean => {
  const limit = remainingSeconds(job) + graceSeconds;
  if (job.spot) return ageOf(run, now) >= limit + spotWaitingSeconds;
  return startedAt !== undefined && (now - startedAt) / 1000 >= limit;
};

const late = (job: JobRecord): Recovery => ({
  kind: 'stop',
  failure: `The training ran on past its limit of ${remainingSeconds(job)} s and was stopped. Raise maximumSeconds of the training policy.`,
});

/** What becomes of a lease. */
export type LeaseRecovery = 'keep' | 'settle' | 'release' | 'stop';

/**
 * Decides what becomes of a lease, which outlives its run where the word of its end was lost.
 *
 * @param job - that the lease is for; undefined where there is none
 * @param state - of its run at the training service; undefined where none is known there
 * @param now - milliseconds since 1970
 */
export const decideLease = (
  lease: Lease,
  job: JobRecord | undefined,
  state: RunState | undefined,
  now: number,
): LeaseRecovery => {
  const isYoung = (now - Date.parse(lease.since)) / 1000 < givingSeconds;
  const { run, instanceType } = lease;
  const unused = isYoung ? 'keep' : 'release';
  if (job?.run?.name === run && !isFinishedJob(job.status)) {
    // A place that was taken on another type, by a process that was lost before it could use it.
    if (job.run.instanceType !== instanceType) return unused;
    return state !== undefined && hasEnded(state) ? 'settle' : 'keep';
  }
  if (state === undefined) return unused;
  if (hasEnded(state)) return 'settle';
  return state.status === RunStatus.Stopping || isYoung ? 'keep' : 'stop';
};
