import { JobStatus } from '../../../contracts/statuses.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { resumeJob as change } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { RetrainMachine } from '../services/machine.ts';
import type { JobKey, TrainingStore } from '../store/training-store.ts';
import { expectOpenJob } from './pause-job.ts';

interface Dependencies {
  readonly store: Pick<TrainingStore, 'job' | 'commit'>;
  readonly machine: Pick<RetrainMachine, 'start'>;
  readonly clock: Clock;
}

/**
 * Lets a paused job go on, with its dataset and its checkpoint. One that was resumed before is left as it is; where its
 * machine is not started any more, reconciliation starts it.
 *
 * @throws Problem `not-found`, `job-ended`, or `job-not-paused` where it never was
 */
export const resumeJob = async (
  { store, machine, clock }: Dependencies,
  key: JobKey,
  actor: string,
): Promise<JobRecord> => {
  const resumed = await untilStored(`the training job ${key.job}`, async () => {
    const job = await expectOpenJob(store, key);
    if (job.status !== JobStatus.Paused) {
      if (job.pausedAt !== undefined) return job;
      throw new Problem('job-not-paused', `Expected a training job that is paused; this one is ${job.status}.`);
    }
    const next = change(job, { actor, at: timestamp(clock) });
    return (await store.commit(key.tenant, key.model, next)) ? next.job : undefined;
  });
  await machine.start(key.tenant, key.model, resumed);
  return resumed;
};
