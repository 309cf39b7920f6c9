import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { RetrainMachine } from '../services/machine.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { TrainingService } from '../services/training-service.ts';
import type { JobKey } from '../store/training-store.ts';
import { type EndDependencies, tryEnd } from './end-job.ts';

export interface CancelDependencies extends EndDependencies {
  readonly machine: Pick<RetrainMachine, 'stop'>;
  readonly service: Pick<TrainingService, 'stop'>;
  readonly tokens: Pick<TaskTokens, 'fail'>;
}

const cause = 'The training was cancelled.';

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
    await stopWork(dependencies, job);
    stopped = true;
    return tryEnd(dependencies, key, job, { status: JobStatus.Cancelled }, actor);
  });
};

/** The machine first, so that it does not take the stop of the run for a failure. */
const stopWork = async ({ machine, service, tokens }: CancelDependencies, job: JobRecord): Promise<void> => {
  const waited = job.run !== undefined && (await tokens.fail(job.run.taskToken, WorkflowError.Cancelled, cause));
  // A machine that waits for nothing is before its training, or past it.
  if (!waited) await machine.stop(job, cause);
  if (job.run !== undefined) await service.stop(job.run.name);
};
