import * as z from 'zod';
import { EvaluationId, JobId, ModelName, TenantName, Timestamp, VersionName } from './identifiers.ts';
import { AuditEntry } from './monitoring.ts';

/** The source of our own events on the default bus. */
export const eventSource = 'relearn.cases';

/** A ledger segment was sealed: there are new accepted cases. At least once, in any order. */
export const SegmentSealed = z.strictObject({ tenant: TenantName, model: ModelName, sequence: z.int().min(1) });
export type SegmentSealed = z.infer<typeof SegmentSealed>;
export const segmentSealed = 'Segment Sealed';

/** SageMaker's job-state event; only what we read of it. */
export const jobStateChange = 'SageMaker Training Job State Change';
export const JobStateChange = z.looseObject({
  TrainingJobName: z.string(),
  TrainingJobStatus: z.enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped']),
  SecondaryStatus: z.string().optional(),
  FailureReason: z.string().optional(),
  TrainingStartTime: z.number().optional().meta({ description: 'milliseconds since 1970' }),
  TrainingEndTime: z.number().optional().meta({ description: 'milliseconds since 1970' }),
});

/** A message of the collect queue: cases that the door has stored as received. The message group is the tenant and model. */
export const CasesReceived = z.strictObject({
  tenant: TenantName,
  model: ModelName,
  cases: z.array(z.string()).min(1).max(25),
});
export type CasesReceived = z.infer<typeof CasesReceived>;

/** A message of the evaluation queue: versions are to be measured on a dataset. */
export const EvaluationRequested = z.strictObject({ tenant: TenantName, model: ModelName, evaluation: EvaluationId });
export type EvaluationRequested = z.infer<typeof EvaluationRequested>;

/** The source of the audit's entries on the default bus; the detail type is the action. */
export const auditSource = 'relearn.audit';

/** An entry of a tenant's audit. At least once, in any order: tenant and number name it. */
export const AuditRecorded = AuditEntry.omit({ previous: true, hash: true }).extend({ tenant: TenantName });
export type AuditRecorded = z.infer<typeof AuditRecorded>;

/** Events of trainings, for whoever listens on the default bus. */
export const trainingSource = 'relearn.training';
export const TrainingEvent = {
  Started: 'Training Started',
  Completed: 'Training Completed',
  Failed: 'Training Failed',
  Cancelled: 'Training Cancelled',
} as const;
export type TrainingEvent = (typeof TrainingEvent)[keyof typeof TrainingEvent];

/** The detail of such an event. At least once: `id` names it. */
export const TrainingNotice = z.strictObject({
  id: z.string(),
  tenant: TenantName,
  model: ModelName,
  job: JobId,
  at: Timestamp,
  trigger: z.string(),
  reason: z.string().meta({ description: 'why it was started, or why it failed' }),
  version: VersionName.optional(),
  metrics: z.record(z.string(), z.number()).optional().meta({ description: 'on the holdout' }),
  seconds: z.number().optional(),
  dollars: z.number().optional(),
});
export type TrainingNotice = z.infer<typeof TrainingNotice>;

/** The monitoring found that inputs or answers have drifted: a training may be due. At least once. */
export const driftSource = 'relearn.monitoring';
export const driftFound = 'Drift Found';
export const DriftFound = z.looseObject({
  tenant: TenantName,
  model: ModelName,
  detail: z.string().optional().meta({
    description: 'what drifted, in a sentence; its first 500 characters are kept as the reason of the training',
  }),
});
export type DriftFound = z.infer<typeof DriftFound>;

/** What a schedule of the stack hands to its function. */
export const ScheduledCheck = z.strictObject({ check: z.enum(['daily', 'weekly', 'nightly']) });
