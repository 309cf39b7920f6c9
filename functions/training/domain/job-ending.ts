import { JobStatus } from '../../../contracts/statuses.ts';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { explainError, type MachineError } from './failure.ts';

/** How a job ends. */
export type JobEnding =
  | { readonly status: typeof JobStatus.Completed; readonly version: string }
  | { readonly status: typeof JobStatus.Failed; readonly failure: string }
  | { readonly status: typeof JobStatus.Cancelled };

/**
 * How a job ends by what its machine came to. Once a version is registered the training is completed, whatever became
 * of its rollout; whether the gate passed it stands with the version.
 */
export const endingOf = (version: string | undefined, error: MachineError | undefined): JobEnding => {
  if (version !== undefined) return { status: JobStatus.Completed, version };
  if (error?.Error === WorkflowError.Cancelled) return { status: JobStatus.Cancelled };
  const failure =
    error === undefined ? 'The training ended without a version and without a reason.' : explainError(error);
  return { status: JobStatus.Failed, failure };
};
