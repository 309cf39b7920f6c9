import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import type { CaseCounts } from '../../cases/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { endEntry } from '../domain/job-audit.ts';
import { ended } from '../domain/job-changes.ts';
import type { JobEnding } from '../domain/job-ending.ts';
import type { JobKey, JobRecord } from '../domain/job-record.ts';
import { afterJob } from '../domain/training-state.ts';
import type { JobStore } from '../store/job-store.ts';

export interface EndDependencies {
  readonly jobs: Pick<JobStore, 'get' | 'state' | 'commit'>;
  readonly counts: Pick<CaseCounts, 'head' | 'trained' | 'markTrained'>;
  readonly clock: Clock;
}

/**
 * Ends a job and lets the next one start; a job that has ended stays as it is.
 *
 * @returns the job as it is stored then
 * @throws Error where there is no such job
 */
export const endJob = (dependencies: EndDependencies, key: JobKey, ending: JobEnding): Promise<JobRecord> =>
  untilStored(`the job ${key.id}`, async () => {
    const { jobs, counts, clock } = dependencies;
    const job = await jobs.get(key);
    if (job === undefined) throw new Error(`Expected a job ${key.id} of ${key.model}, found none.`);
    if (isFinishedJob(job.status)) return job;
    const { tenant, model, dataset } = job;
    // Before the job ends: whoever counts new cases then must not count those that it was trained on.
    if (ending.status === JobStatus.Completed && dataset !== undefined) await counts.markTrained(tenant, model, dataset);
    const state = await jobs.state(tenant, model);
    const [head, trained] = await Promise.all([counts.head(tenant, model), counts.trained(tenant, model)]);
    const at = timestamp(clock);
    const next = ended(job, ending, at);
    const stored = await jobs.commit(tenant, model, {
      job: next,
      state: afterJob(state, ending.status, at, head.accepted - trained),
      audit: endEntry(next),
    });
    return stored ? next : undefined;
  });
