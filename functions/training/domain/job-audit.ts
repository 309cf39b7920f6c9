import { AuditAction } from '../../../contracts/monitoring.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import type { JobRecord } from './job-record.ts';

/** What the audit is told of a job. */
interface JobEntry {
  readonly action: AuditAction;
  readonly actor: string;
  readonly model: string;
  readonly subjectOfAction: string;
  readonly reason: string;
  readonly numbers: Readonly<Record<string, number | string | null>>;
}

/** The part of the platform that starts and ends trainings. */
export const platformActor = 'platform:training';

export const startEntry = ({ model, id, trigger, reason, recipe, seed }: JobRecord, actor: string): JobEntry => ({
  action: AuditAction.TrainingStarted,
  actor,
  model,
  subjectOfAction: id,
  reason,
  numbers: { trigger, recipe: recipe.name, metric: recipe.metric, seed },
});

export const endEntry = (job: JobRecord): JobEntry => ({
  action: job.status === JobStatus.Cancelled ? AuditAction.TrainingCancelled : AuditAction.TrainingEnded,
  actor: job.status === JobStatus.Cancelled ? (job.cancelledBy ?? platformActor) : platformActor,
  model: job.model,
  subjectOfAction: job.id,
  reason: job.failure ?? (job.version === undefined ? 'cancelled' : `completed with ${job.version}`),
  numbers: { status: job.status, dataset: job.dataset ?? null, attempts: job.attempt },
});
