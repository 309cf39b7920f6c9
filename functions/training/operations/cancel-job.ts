import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { cancelling } from '../domain/job-changes.ts';
import type { JobKey, JobRecord } from '../domain/job-record.ts';
import { executionName } from '../domain/names.ts';
import type { Executions } from '../services/executions.ts';
import type { Trainer } from '../services/trainer.ts';
import type { JobStore } from '../store/job-store.ts';
import { type EndDependencies, endJob } from './end-job.ts';

export interface CancelDependencies extends EndDependencies {
  readonly jobs: Pick<JobStore, 'get' | 'save' | 'state' | 'commit'>;
  readonly executions: Pick<Executions, 'stop'>;
  readonly trainer: Pick<Trainer, 'stop'>;
}

/**
 * Cancels a job: notes who wants it, then stops everything of it. Should that break off, the next reconciliation
 * finishes it.
 *
 * @throws Problem `not-found`, or `job-ended` where there is nothing left to cancel
 */
export const cancelJob = async (dependencies: CancelDependencies, key: JobKey, actor: string): Promise<JobRecord> => {
  const job = await untilStored(`the job ${key.id}`, async () => {
    const present = await dependencies.jobs.get(key);
    if (present === undefined) throw notFound(`a training job ${key.id}`);
    if (isFinishedJob(present.status)) {
      throw new Problem('job-ended', `Expected a job that has not ended; this one is ${present.status}.`);
    }
    if (present.cancelledBy !== undefined) return present;
    const next = cancelling(present, actor);
    return (await dependencies.jobs.save(next)) ? next : undefined;
  });
  return finishCancelling(dependencies, job);
};

/** Stops the machine first, so that nothing goes on with what the training leaves. */
export const finishCancelling = async (dependencies: CancelDependencies, job: JobRecord): Promise<JobRecord> => {
  await dependencies.executions.stop(executionName(job), 'The training was cancelled.');
  if (job.submission !== undefined) await dependencies.trainer.stop(job.submission.name);
  return endJob(dependencies, job, { status: JobStatus.Cancelled });
};
