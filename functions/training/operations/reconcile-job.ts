import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { retried } from '../domain/job-changes.ts';
import type { JobKey, JobRecord } from '../domain/job-record.ts';
import { executionName } from '../domain/names.ts';
import { decideRepair, type Repair } from '../domain/repair.ts';
import type { Executions } from '../services/executions.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { Trainer } from '../services/trainer.ts';
import { answerMachine } from './answer-machine.ts';
import { type CancelDependencies, finishCancelling } from './cancel-job.ts';
import { endJob } from './end-job.ts';
import { machineInput } from './start-training.ts';

export interface ReconcileDependencies extends CancelDependencies {
  readonly executions: Executions;
  readonly trainer: Pick<Trainer, 'describe' | 'stop'>;
  readonly tokens: TaskTokens;
}

/**
 * Brings a job forward that is stuck, because an event, an execution or a function was lost.
 *
 * @returns what was done
 */
export const reconcileJob = async (dependencies: ReconcileDependencies, key: JobKey): Promise<string> => {
  const job = await dependencies.jobs.get(key);
  // The index that named it lags behind the table.
  if (job === undefined || isFinishedJob(job.status)) return 'none';
  if (job.cancelledBy !== undefined) {
    await finishCancelling(dependencies, job);
    return 'cancelled';
  }
  const { executions, trainer, clock } = dependencies;
  const execution = await executions.state(executionName(job));
  const waits = execution === 'running' && job.submission?.taskToken !== undefined;
  const training = waits ? await trainer.describe(job.submission.name) : undefined;
  const repair = decideRepair(job, execution, training, clock.now());
  await carryOut(dependencies, job, repair);
  return repair.kind;
};

const carryOut = async (dependencies: ReconcileDependencies, job: JobRecord, repair: Repair): Promise<void> => {
  const { jobs, executions, trainer, tokens } = dependencies;
  switch (repair.kind) {
    case 'start-execution':
      return executions.start(executionName(job), machineInput(job));
    case 'next-attempt': {
      const next = retried(job);
      if (await jobs.save(next)) await executions.start(executionName(next), machineInput(next));
      return;
    }
    case 'give-up':
      await endJob(dependencies, job, { status: JobStatus.Failed, failure: repair.failure });
      return;
    case 'answer':
      if (repair.stopTraining && job.submission !== undefined) await trainer.stop(job.submission.name);
      await answerMachine(tokens, job, repair.outcome);
      return;
    default:
      return;
  }
};
