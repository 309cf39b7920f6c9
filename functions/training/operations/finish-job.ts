import { JobStatus } from '../../../contracts/statuses.ts';
import type { EndJobInput } from '../../../contracts/workflows.ts';
import type { Versions } from '../../models/index.ts';
import { endingOf } from '../domain/failure.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { TriggerQueue } from '../services/trigger-queue.ts';
import { type EndDependencies, endJob, expectJob } from './end-job.ts';

export interface FinishDependencies extends EndDependencies {
  readonly versions: Pick<Versions, 'get'>;
  readonly triggers: TriggerQueue;
}

/** As the audit names who ends a job that its machine has brought to its end. */
const actor = 'training:machine';

/**
 * Ends a job by what its machine came to, and lets the trigger count the cases that were accepted meanwhile. A job that
 * is paused, or that another attempt works on, stays as it is.
 */
export const finishJob = async (
  dependencies: FinishDependencies,
  { tenant, model, job, attempt, registered, error }: EndJobInput,
): Promise<JobRecord> => {
  const { store, versions, counts, triggers } = dependencies;
  const key = { tenant, model, job };
  const present = await expectJob(store, key);
  if (present.attempt !== attempt || present.status === JobStatus.Paused) return present;
  const ending = endingOf({ registered, error });
  const ended = await endJob(
    dependencies,
    key,
    ending.status === JobStatus.Completed
      ? { ...ending, metrics: (await versions.get(tenant, model, ending.version))?.metrics }
      : ending,
    actor,
  );
  const { sequence } = await counts.head(tenant, model);
  if (sequence > 0) await triggers.countAgain({ tenant, model, sequence });
  return ended;
};
