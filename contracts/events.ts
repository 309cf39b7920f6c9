import * as z from 'zod';
import { ModelName, TenantName } from './identifiers.ts';

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
});

/** A message of the collect queue: cases that the door has stored as received. The message group is the tenant and model. */
export const CasesReceived = z.strictObject({
  tenant: TenantName,
  model: ModelName,
  cases: z.array(z.string()).min(1).max(25),
});
export type CasesReceived = z.infer<typeof CasesReceived>;

/** What a schedule of the stack hands to its function. */
export const ScheduledCheck = z.strictObject({ check: z.enum(['daily', 'weekly', 'nightly']) });
