import { JobStatus, jobTransitions, mayBecome } from '../../../contracts/statuses.ts';
import type { JobEnding } from './job-ending.ts';
import type { JobRecord, Submission } from './job-record.ts';

const next = (job: JobRecord, change: Partial<JobRecord>): JobRecord => ({
  ...job,
  ...change,
  revision: job.revision + 1,
});

/** The job, about to be given to the training service. */
export const submitted = (job: JobRecord, submission: Submission): JobRecord =>
  next(job, { submission, submissions: job.submissions + 1, dataset: submission.snapshot.dataset });

/** The job, whose training goes on for another waiting state. */
export const adopted = (job: JobRecord, submission: Submission, taskToken: string): JobRecord =>
  next(job, { submission: { ...submission, taskToken } });

/** The job, which the training service could not take; no state waits for it. */
export const refused = (job: JobRecord): JobRecord => {
  const { submission, ...rest } = job;
  if (submission === undefined) return job;
  const { taskToken: _, ...released } = submission;
  return next(rest as JobRecord, { submission: released });
};

/** The job, while its training runs; unchanged where it does already. */
export const running = (job: JobRecord, startedAt: string): JobRecord =>
  mayBecome(jobTransitions, job.status, JobStatus.Running) ? next(job, { status: JobStatus.Running, startedAt }) : job;

/** The job, to be worked on by another execution. */
export const retried = (job: JobRecord): JobRecord => next(job, { attempt: job.attempt + 1 });

/** The job, to be cancelled as soon as everything of it is stopped. */
export const cancelling = (job: JobRecord, cancelledBy: string): JobRecord => next(job, { cancelledBy });

/** @throws RangeError where the job has ended already */
export const ended = (job: JobRecord, ending: JobEnding, endedAt: string): JobRecord => {
  if (!mayBecome(jobTransitions, job.status, ending.status)) {
    throw new RangeError(`Expected a job that may become ${ending.status}, got one that is ${job.status}.`);
  }
  return next(job, { ...ending, endedAt });
};
