import { daySeconds } from '../../../contracts/durations.ts';
import type { JobRecord } from './job-record.ts';
import { type RunState, RunStatus } from './run-outcome.ts';

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
  /** Its run has ended, and its machine may not know. */
  | { readonly kind: 'deliver'; readonly run: RunState }
  /** Its run does not end. */
  | { readonly kind: 'stop'; readonly failure: string };

const none: Recovery = { kind: 'none' };
const maximumAttempts = 3;

/** Within it a new run may be unknown yet, and a run that is over its limit is for the training service to stop. */
const graceSeconds = 300;
/** How long a run may wait for a machine before its program starts. */
const waitingSeconds = daySeconds;

/**
 * Decides what a job that has not ended needs.
 *
 * @param run - of the job at the training service; undefined where there is none, or none is known there
 * @param now - milliseconds since 1970
 */
export const decideRecovery = (
  job: JobRecord,
  execution: ExecutionState,
  run: RunState | undefined,
  now: number,
): Recovery => {
  switch (execution) {
    case ExecutionState.Absent:
      return { kind: 'start' };
    case ExecutionState.Over:
      return job.attempt < maximumAttempts
        ? { kind: 'restart' }
        : { kind: 'give-up', failure: `The training was interrupted ${maximumAttempts} times. Start it again.` };
    case ExecutionState.Running:
      return job.run === undefined ? none : watchRun(job, Date.parse(job.run.submittedAt), run, now);
  }
};

const watchRun = (job: JobRecord, submittedAt: number, run: RunState | undefined, now: number): Recovery => {
  const late = (since: number, limit: number, failure: string): Recovery =>
    (now - since) / 1000 < limit ? none : { kind: 'stop', failure };
  if (run === undefined) {
    return late(submittedAt, graceSeconds, 'The training service does not know of this training. Start it again.');
  }
  if (run.status !== RunStatus.InProgress && run.status !== RunStatus.Stopping) return { kind: 'deliver', run };
  return run.startedAt === undefined
    ? late(submittedAt, waitingSeconds, `No machine was free for the training in ${waitingSeconds} s. Start it again.`)
    : late(
        run.startedAt,
        job.maximumSeconds + graceSeconds,
        `The training ran on past its limit of ${job.maximumSeconds} s and was stopped. Raise maximumSeconds of the training policy.`,
      );
};
