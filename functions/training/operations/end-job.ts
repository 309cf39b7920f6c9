import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import type { CaseCounts } from '../../cases/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { endJob as change, type Ending } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { JobKey, TrainingStore } from '../store/training-store.ts';

export interface EndDependencies {
  readonly store: Pick<TrainingStore, 'state' | 'job' | 'commit'>;
  readonly counts: Pick<CaseCounts, 'head' | 'trained' | 'markTrained'>;
  readonly clock: Clock;
}

/** A job that is named does not exist. */
class UnknownJobError extends Error {
  override readonly name = 'UnknownJobError';
}

/** @throws UnknownJobError */
export const expectJob = async (store: Pick<TrainingStore, 'job'>, key: JobKey): Promise<JobRecord> => {
  const found = await store.job(key);
  if (found === undefined) throw new UnknownJobError(`Expected a training job ${key.job} of ${key.model}, found none.`);
  return found;
};

/**
 * Ends a job, once, and lets the next one start; one that has ended stays as it ended.
 *
 * @returns the job, ended
 * @throws UnknownJobError
 */
export const endJob = (dependencies: EndDependencies, key: JobKey, ending: Ending, actor: string): Promise<JobRecord> =>
  untilStored(`the training job ${key.job}`, async () => {
    const job = await expectJob(dependencies.store, key);
    if (isFinishedJob(job.status)) return job;
    return (await tryEnd(dependencies, key, job, ending, actor)) ?? undefined;
  });

/** Ends a job as it was read. @returns undefined where another writer came between */
export const tryEnd = async (
  { store, counts, clock }: EndDependencies,
  { tenant, model }: JobKey,
  job: JobRecord,
  ending: Ending,
  actor: string,
): Promise<JobRecord | undefined> => {
  // Before the job ends: who counts new cases afterwards must not count those that it was trained on.
  if (ending.status === JobStatus.Completed && job.snapshot !== undefined) {
    await counts.markTrained(tenant, model, job.snapshot.dataset);
  }
  const state = await store.state(tenant, model);
  const [head, trained] = await Promise.all([counts.head(tenant, model), counts.trained(tenant, model)]);
  const occasion = { at: timestamp(clock), actor, newCases: head.accepted - trained };
  const ended = change(state, job, ending, occasion);
  return (await store.commit(tenant, model, ended)) ? ended.job : undefined;
};
