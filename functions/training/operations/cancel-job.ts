import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { JobKey } from '../store/training-store.ts';
import { type EndDependencies, tryEnd } from './end-job.ts';
import { type HaltDependencies, haltJob } from './halt-job.ts';

interface CancelDependencies extends EndDependencies, HaltDependencies {}

/**
 * Cancels a job that has not ended: stops its machine and its run, and ends it.
 *
 * @throws Problem `not-found` or `job-ended`
 */
export const cancelJob = (dependencies: CancelDependencies, key: JobKey, actor: string): Promise<JobRecord> => {
  let stopped = false;
  return untilStored(`the training job ${key.job}`, async () => {
    const job = await dependencies.store.job(key);
    if (job === undefined) throw notFound(`a training job ${key.job} of ${key.model}`);
    // The machine, told to stop, may end the job before we do.
    if (stopped && job.status === JobStatus.Cancelled) return job;
    if (isFinishedJob(job.status)) {
      throw new Problem('job-ended', `Expected a training job that has not ended; this one is ${job.status}.`);
    }
    await haltJob(dependencies, job, WorkflowError.Cancelled);
    stopped = true;
    return tryEnd(dependencies, key, job, { status: JobStatus.Cancelled }, actor);
  });
};
