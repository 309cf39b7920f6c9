import * as z from 'zod';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { explainTrainingFailure } from './failure.ts';

/** How far the training service is with a training job; its words. */
export const TrainingProgressState = z.strictObject({
  status: z.enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped']),
  secondaryStatus: z.string().optional(),
  failureReason: z.string().optional(),
});
export type TrainingProgressState = z.infer<typeof TrainingProgressState>;

/** What the waiting state of the machine is told. */
export type TrainingOutcome =
  | { readonly kind: 'going-on' }
  | { readonly kind: 'trained' }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

const failed = (error: string, cause: string): TrainingOutcome => ({ kind: 'failed', error, cause });

/**
 * What a state of a training job means for the job.
 *
 * @param maximumSeconds - the limit it was given
 */
export const outcomeOf = (
  { status, secondaryStatus, failureReason }: TrainingProgressState,
  maximumSeconds: number,
): TrainingOutcome => {
  switch (status) {
    case 'Completed':
      return { kind: 'trained' };
    case 'Failed':
      return /^CapacityError/.test(failureReason ?? '')
        ? failed(WorkflowError.Capacity, 'The training service had no machine of this kind; it is asked again.')
        : failed(WorkflowError.TrainingFailed, explainTrainingFailure(failureReason));
    case 'Stopped':
      return secondaryStatus === 'MaxRuntimeExceeded'
        ? failed(WorkflowError.TrainingFailed, tooLong(maximumSeconds))
        : failed(WorkflowError.TrainingFailed, 'The training was stopped from outside; start it again.');
    default:
      return { kind: 'going-on' };
  }
};

export const tooLong = (maximumSeconds: number): string =>
  `The training took longer than its limit of ${maximumSeconds} s; raise policies.training.maximumSeconds, or train on a larger instance.`;
