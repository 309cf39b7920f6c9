import { objectKeys } from '../../../contracts/keys.ts';
import { isFinishedJob } from '../../../contracts/statuses.ts';
import { TrainedOutput, WorkflowError } from '../../../contracts/workflows.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { outcomeOf, type RunState } from '../domain/run-outcome.ts';
import { artifactKeyOf } from '../domain/training-run.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { JobKey } from '../store/training-store.ts';

/**
 * Tells the state that waits for a job's run what became of it; a run that goes on is not told of.
 *
 * @returns whether a state waited for it
 */
export const deliverOutcome = async (
  tokens: TaskTokens,
  { tenant, model }: JobKey,
  job: JobRecord,
  state: RunState,
): Promise<boolean> => {
  const outcome = outcomeOf(state, job.maximumSeconds);
  if (job.run === undefined || outcome.kind === 'going-on') return false;
  const { name, taskToken } = job.run;
  if (isFinishedJob(job.status)) {
    return tokens.fail(taskToken, WorkflowError.Cancelled, `The training job is ${job.status}.`);
  }
  if (outcome.kind === 'failed') return tokens.fail(taskToken, outcome.error, outcome.cause);
  const artifactKey = artifactKeyOf(objectKeys.trainingOutput(tenant, model), name);
  return tokens.succeed(taskToken, TrainedOutput.parse({ artifactKey }));
};
