import { JobStatus } from '../../../contracts/statuses.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { resumeJob as change } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { remainingSeconds } from '../domain/machines.ts';
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
 * @throws Problem `not-found`, `job-ended`, `job-not-paused` where it never was, or `conflict` where its time is used up
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
    if (remainingSeconds(job) === 0) {
      throw new Problem(
        'conflict',
        `Expected a training job that has time left; this one has used the ${job.maximumSeconds} s of its maximumSeconds. Cancel it, raise maximumSeconds of the training policy, and start another.`,
      );
    }
    const next = change(job, { actor, at: timestamp(clock) });
    return (await store.commit(key.tenant, key.model, next)) ? next.job : undefined;
  });
  await machine.start(key.tenant, key.model, resumed);
  return resumed;
};
