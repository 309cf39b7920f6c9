import { WorkflowError } from '../../../contracts/workflows.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { RetrainMachine } from '../services/machine.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { TrainingService } from '../services/training-service.ts';

export interface HaltDependencies {
  readonly machine: Pick<RetrainMachine, 'stop'>;
  readonly service: Pick<TrainingService, 'stop'>;
  readonly tokens: Pick<TaskTokens, 'fail'>;
}

export type HaltError = typeof WorkflowError.Cancelled | typeof WorkflowError.Paused;

const causes: Readonly<Record<HaltError, string>> = {
  [WorkflowError.Cancelled]: 'The training was cancelled.',
  [WorkflowError.Paused]: 'The training was paused.',
};

/** Stops whatever works on a job: the machine first, so that it does not take the stop of the run for a failure. */
export const haltJob = async (
  { machine, service, tokens }: HaltDependencies,
  job: JobRecord,
  error: HaltError,
): Promise<void> => {
  const cause = causes[error];
  const waited = job.taskToken !== undefined && (await tokens.fail(job.taskToken, error, cause));
  // A machine that waits for nothing is before its training, or past it.
  if (!waited) await machine.stop(job, error, cause);
  if (job.run !== undefined) await service.stop(job.run.name);
};
