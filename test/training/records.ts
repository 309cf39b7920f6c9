import { JobStatus } from '../../contracts/statuses.ts';
import { type JobRecord, JobRecord as Record } from '../../functions/training/domain/job-record.ts';

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
    instanceType: 'ml.m5.large',
    maximumSeconds: 3600,
    createdAt: '2026-01-01T00:00:00.000Z',
    attempt: 1,
    runs: 0,
    revision: 1,
    ...given,
  });
