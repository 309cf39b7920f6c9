import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { pauseJob as change } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { JobKey, TrainingStore } from '../store/training-store.ts';
import { type HaltDependencies, haltJob } from './halt-job.ts';

export interface PauseDependencies extends HaltDependencies {
  readonly store: Pick<TrainingStore, 'job' | 'commit'>;
  readonly clock: Clock;
}

/**
 * Pauses a job: what works on it is stopped, and it stays the one job of its model. One that is paused stays so. Where
 * stopping fails half-way, reconciliation goes on with it.
 *
 * @throws Problem `not-found` or `job-ended`
 */
export const pauseJob = async (dependencies: PauseDependencies, key: JobKey, actor: string): Promise<JobRecord> => {
  const { store, clock } = dependencies;
  const paused = await untilStored(`the training job ${key.job}`, async () => {
    const job = await expectOpenJob(store, key);
    if (job.status === JobStatus.Paused) return job;
    const next = change(job, { actor, at: timestamp(clock) });
    return (await store.commit(key.tenant, key.model, next)) ? next.job : undefined;
  });
  await haltJob(dependencies, paused, WorkflowError.Paused);
  return paused;
};

/** @throws Problem `not-found` or `job-ended` */
export const expectOpenJob = async (store: Pick<TrainingStore, 'job'>, key: JobKey): Promise<JobRecord> => {
  const job = await store.job(key);
  if (job === undefined) throw notFound(`a training job ${key.job} of ${key.model}`);
  if (isFinishedJob(job.status)) {
    throw new Problem('job-ended', `Expected a training job that has not ended; this one is ${job.status}.`);
  }
  return job;
};
