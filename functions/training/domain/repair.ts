import { WorkflowError } from '../../../contracts/workflows.ts';
import type { JobRecord } from './job-record.ts';
import { outcomeOf, type TrainingOutcome, type TrainingProgressState, tooLong } from './training-outcome.ts';

/** An execution of the retrain machine; `absent`: none has this name. */
export type ExecutionState = 'absent' | 'running' | 'ended';

/** What is done for a job whose event or execution was lost. */
export type Repair =
  | { readonly kind: 'none' }
  /** Start the execution that its start did not come to. */
  | { readonly kind: 'start-execution' }
  /** Start another, which begins from what is stored. */
  | { readonly kind: 'next-attempt' }
  | { readonly kind: 'give-up'; readonly failure: string }
  /** Tell the waiting state what its event did not. */
  | { readonly kind: 'answer'; readonly outcome: TrainingOutcome; readonly stopTraining: boolean };

export const maximumAttempts = 5;

/** A training that was submitted so long ago is known to the training service, or never came there. */
const submissionMilliseconds = 300_000;
/** What a training may take beyond its limit: for its machine to start and to upload. */
const marginSeconds = 900;

/**
 * What to do for a job that has not ended.
 *
 * @param training - of its last submission; undefined where the training service does not know it
 * @param now - milliseconds since 1970
 */
export const decideRepair = (
  job: JobRecord,
  execution: ExecutionState,
  training: TrainingProgressState | undefined,
  now: number,
): Repair => {
  if (execution === 'absent') return { kind: 'start-execution' };
  if (execution === 'ended') {
    return job.attempt < maximumAttempts
      ? { kind: 'next-attempt' }
      : {
          kind: 'give-up',
          failure: `The training broke off ${maximumAttempts} times; see the logs, then start it again.`,
        };
  }
  return repairWaiting(job, training, now);
};

const repairWaiting = (job: JobRecord, training: TrainingProgressState | undefined, now: number): Repair => {
  const { submission, maximumSeconds } = job;
  if (submission?.taskToken === undefined) return { kind: 'none' };
  const age = now - Date.parse(submission.at);
  if (training === undefined) {
    if (age < submissionMilliseconds) return { kind: 'none' };
    const cause = 'The training service does not know the training job; start the training again.';
    return {
      kind: 'answer',
      outcome: { kind: 'failed', error: WorkflowError.TrainingFailed, cause },
      stopTraining: false,
    };
  }
  const outcome = outcomeOf(training, maximumSeconds);
  if (outcome.kind !== 'going-on') return { kind: 'answer', outcome, stopTraining: false };
  if (age < (maximumSeconds + marginSeconds) * 1000) return { kind: 'none' };
  const late = { kind: 'failed', error: WorkflowError.TrainingFailed, cause: tooLong(maximumSeconds) } as const;
  return { kind: 'answer', outcome: late, stopTraining: true };
};
