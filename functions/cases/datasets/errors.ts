import { WorkflowError } from '../../../contracts/workflows.ts';

/** There is nothing to train on yet. The retrain machine ends the job by this name. */
export class TooFewCasesError extends Error {
  override readonly name = WorkflowError.TooFewCases;
}
