import { objectKeys } from '../../../contracts/keys.ts';
import { TrainedOutput } from '../../../contracts/workflows.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { TrainingOutcome } from '../domain/training-outcome.ts';
import type { TaskTokens } from '../services/task-tokens.ts';

/**
 * Tells the waiting state of a job's machine what became of the training.
 *
 * @returns false where no state waits, or the training goes on
 */
export const answerMachine = async (
  tokens: TaskTokens,
  { tenant, model, submission }: JobRecord,
  outcome: TrainingOutcome,
): Promise<boolean> => {
  if (submission?.taskToken === undefined || outcome.kind === 'going-on') return false;
  const { name, taskToken } = submission;
  if (outcome.kind === 'failed') return tokens.fail(taskToken, outcome.error, outcome.cause);
  // Where SageMaker puts what a program leaves in /opt/ml/model.
  const artifactKey = `${objectKeys.trainingOutput(tenant, model)}/${name}/output/model.tar.gz`;
  return tokens.succeed(taskToken, TrainedOutput.parse({ artifactKey }));
};
