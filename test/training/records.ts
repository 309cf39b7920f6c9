import { JobStatus } from '../../contracts/statuses.ts';
import { type JobRecord, JobRecord as Record, type Run } from '../../functions/training/domain/job-record.ts';

export const job = 'job_01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** A queued job, but for what is given. */
export const record = (given: Partial<JobRecord> = {}): JobRecord =>
  Record.parse({
    id: job,
    status: JobStatus.Queued,
    trigger: 'manual',
    reason: 'a test',
    actor: 'test',
    recipe: { name: 'tabular', metric: 'accuracy', parameters: {} },
    seed: 0,
    rollOut: true,
    instanceTypes: ['ml.m5.large', 'ml.m5.xlarge'],
    maximumSeconds: 3600,
    estimatedDollars: 0.115,
    createdAt: '2026-01-01T00:00:00.000Z',
    attempt: 1,
    runs: 0,
    revision: 1,
    ...given,
  });

/** A run of it, but for what is given. */
export const run = (given: Partial<Run> = {}): Run => ({
  name: 'relearn-job-01arz3ndektsv4rrffq69g5fav-1',
  number: 1,
  instanceType: 'ml.m5.large',
  submittedAt: '2026-01-01T00:00:00.000Z',
  stopAsked: false,
  ...given,
});
