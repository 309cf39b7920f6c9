import { isFinishedJob } from '../../../contracts/statuses.ts';
import type { AuditDraft } from './audit-draft.ts';
import type { JobRecord } from './job-record.ts';
import type { TrainingState } from './training-state.ts';

/** The next job, the next state of the model's trainings, and what the audit will say: stored whole or not at all. */
export interface Change {
  /** Absent where it stays as it is. */
  readonly state?: TrainingState;
  readonly job: JobRecord;
  readonly audit: readonly AuditDraft[];
}

/** A job ends once; what is asked of it afterwards has come too late. */
export class JobEndedError extends Error {
  override readonly name = 'JobEndedError';
}

/** @throws JobEndedError */
export const assertOpen = ({ id, status }: JobRecord): void => {
  if (isFinishedJob(status)) throw new JobEndedError(`Expected a training job that has not ended; ${id} is ${status}.`);
};

/** The job with what changes. @throws JobEndedError */
export const nextJob = (job: JobRecord, change: Partial<JobRecord>): JobRecord => {
  assertOpen(job);
  return { ...job, ...change, revision: job.revision + 1 };
};
