/** What the end of a run comes to: for the account of its job, and for the machine that waits for its training. */
import { AuditAction } from '../../../contracts/monitoring.ts';
import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { WaitingReason } from '../../../contracts/training.ts';
import { WorkflowError } from '../../../contracts/workflows.ts';
import type { AuditDraft } from './audit-draft.ts';
import type { Change } from './change.ts';
import { dollarsOf, rounded } from './cost.ts';
import type { JobRecord, Trouble } from './job-record.ts';
import { decideRetry } from './retry.ts';
import { type Refusal, refusedRun } from './run-changes.ts';
import type { RunOutcome } from './run-outcome.ts';

/** What the machine that waits for a job's training is told. */
export type Message =
  | { readonly kind: 'trained' }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

export interface Settlement {
  /** Absent where it is stored already. */
  readonly change?: Change;
  /** Absent where the machine goes on waiting, or there is none. */
  readonly message?: Message;
}

interface RunEnd extends Refusal {
  readonly outcome: Exclude<RunOutcome, { kind: 'going-on' }>;
  /** That the run has trained. */
  readonly seconds: number;
}

/**
 * Settles the end of a job's present run, however often it is heard of: what the run took is accounted for once, and
 * the job goes on, waits for another run, or its machine is told to end it. Of a job that has ended only the account
 * changes.
 */
export const settle = (job: JobRecord, end: RunEnd): Settlement => {
  const accounted = account(job, end.seconds);
  const {
    next = {},
    audit = [],
    message,
  } = isFinishedJob(job.status) ? tooLate(job) : consequence({ ...job, ...accounted }, end);
  const change = { ...accounted, ...next };
  return {
    ...(Object.keys(change).length === 0
      ? {}
      : { change: { job: { ...job, ...change, revision: job.revision + 1 }, audit } }),
    ...(message === undefined ? {} : { message }),
  };
};

const account = ({ run, spot, trainedSeconds, spentDollars }: JobRecord, seconds: number): Partial<JobRecord> => {
  if (run === undefined || run.seconds !== undefined) return {};
  const dollars = dollarsOf({ instanceType: run.instanceType, spot, seconds });
  return {
    run: { ...run, seconds },
    runs: run.number,
    trainedSeconds: trainedSeconds + seconds,
    spentDollars: rounded(spentDollars + dollars),
  };
};

interface Consequence {
  readonly next?: Partial<JobRecord>;
  readonly audit?: readonly AuditDraft[];
  readonly message?: Message;
}

const tooLate = ({ status }: JobRecord): Consequence => ({
  message: { kind: 'failed', error: WorkflowError.Cancelled, cause: `The training job is ${status}.` },
});

const failed = (cause: string): Consequence => ({
  message: { kind: 'failed', error: WorkflowError.TrainingFailed, cause },
});

const consequence = (job: JobRecord, { outcome, ...refusal }: RunEnd): Consequence => {
  switch (outcome.kind) {
    case 'trained':
      // The run stays, for the machine that takes it up once the job is resumed.
      return job.status === JobStatus.Paused ? {} : { message: { kind: 'trained' } };
    case 'stopped':
      return { next: { run: undefined } };
    case 'refused':
      return { next: refusedRun(job, refusal) };
    case 'failed':
      return failed(outcome.cause);
    case 'troubled':
      return afterTrouble(job, outcome, refusal.at);
  }
};

/** As the audit names who tries a run again. */
const actor = 'training:retries';

const afterTrouble = (
  job: JobRecord,
  { trouble, cause }: { readonly trouble: Trouble; readonly cause: string },
  at: string,
): Consequence => {
  const decision = decideRetry(job, trouble, cause);
  if (decision.kind === 'fail') return failed(decision.failure);
  const { change, detail } = decision;
  const numbers = { trouble, run: job.run?.number ?? null, instanceType: job.run?.instanceType ?? null };
  return {
    next: {
      ...change,
      status: JobStatus.Queued,
      run: undefined,
      waiting: { reason: WaitingReason.Retry, detail, since: at },
    },
    audit: [{ action: AuditAction.TrainingRetried, actor, subjectOfAction: job.id, reason: detail, numbers }],
  };
};
