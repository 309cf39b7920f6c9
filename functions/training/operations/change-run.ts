import { untilStored } from '../../platform/until-stored.ts';
import type { Change } from '../domain/change.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { JobKey, TrainingStore } from '../store/training-store.ts';

/**
 * Changes a job while it has a run.
 *
 * @param change - gives undefined where nothing is to be changed
 * @returns the job as it is then; undefined where it has another run, or none
 * @throws what `change` throws
 */
export const changeRun = async (
  store: Pick<TrainingStore, 'job' | 'commit'>,
  key: JobKey,
  run: string,
  change: (present: JobRecord) => Change | undefined,
): Promise<JobRecord | undefined> => {
  const { job } = await untilStored(`the training job ${key.job}`, async () => {
    const present = await store.job(key);
    if (present?.run?.name !== run) return { job: undefined };
    const next = change(present);
    if (next === undefined) return { job: present };
    return (await store.commit(key.tenant, key.model, next)) ? { job: next.job } : undefined;
  });
  return job;
};
