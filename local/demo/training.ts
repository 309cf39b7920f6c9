import { expectAnswer } from '../../client/index.ts';
import { shareRight } from '../../contracts/metrics.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import type { NewJob } from '../../contracts/training.ts';
import type { Observed } from './world.ts';

/** Waits for a training job that is not yet known, started by the count of new cases. */
export const awaitTriggeredJob = ({ timeline, acme, model }: Observed, known: readonly string[]): Promise<string> =>
  timeline.until('the count of new cases to start a training', 60, async () => {
    const { items } = expectAnswer(
      await acme.operator.GET('/v1/models/{model}/training-jobs', { params: { path: { model } } }),
    );
    const fresh = items.find(({ id }) => !known.includes(id));
    return fresh === undefined ? { waiting: 'waiting for the count trigger' } : { done: fresh.id };
  });

export const startJob = async ({ acme, model }: Observed, job: Partial<NewJob>): Promise<string> => {
  const { id } = expectAnswer(
    await acme.operator.POST('/v1/models/{model}/training-jobs', { params: { path: { model } }, body: job as NewJob }),
  );
  return id;
};

/** Shows a job's progress until it ends. @returns the version that it made */
export const awaitJob = async ({ timeline, acme, model }: Observed, id: string): Promise<string> => {
  const job = await timeline.until(`training job ${id} to end`, 150, async () => {
    const now = expectAnswer(
      await acme.operator.GET('/v1/models/{model}/training-jobs/{job}', { params: { path: { model, job: id } } }),
    );
    if (now.status === JobStatus.Queued || now.status === JobStatus.Running) {
      const { progress } = now;
      return { waiting: `training ${now.status}${progress === undefined ? '' : `: ${progress.message}`}` };
    }
    return { done: now };
  });
  if (job.status !== JobStatus.Completed || job.version === undefined) {
    throw new Error(
      `Expected training job ${id} to make a version; it ended ${job.status}: ${job.failure ?? 'no reason given'}`,
    );
  }
  const holdout = job.metrics?.holdout;
  timeline.event(
    `training made ${job.version} in ${(job.seconds ?? 0).toFixed(1)} s` +
      (holdout ? `, ${(shareRight(holdout) * 100).toFixed(1)}% right on the sealed holdout` : ''),
  );
  return job.version;
};
