import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { restartJob } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { decideRecovery, ExecutionState, type Recovery } from '../domain/recovery.ts';
import type { RetrainMachine } from '../services/machine.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { TrainingService } from '../services/training-service.ts';
import type { JobKey } from '../store/training-store.ts';
import { deliverOutcome } from './deliver-outcome.ts';
import { type EndDependencies, endJob } from './end-job.ts';

export interface ReconcileDependencies extends EndDependencies {
  readonly machine: Pick<RetrainMachine, 'start' | 'stateOf'>;
  readonly service: Pick<TrainingService, 'describe' | 'stop'>;
  readonly tokens: TaskTokens;
}

/** As the audit names who ends a job that cannot go on. */
const actor = 'training:reconciliation';

/**
 * Brings a job forward that is stuck because a call, an event or an execution was lost.
 *
 * @returns what was done
 */
export const reconcileJob = async (dependencies: ReconcileDependencies, key: JobKey): Promise<Recovery['kind']> => {
  const { store, machine, service, clock } = dependencies;
  const job = await store.job(key);
  // The index that names it lags behind the table.
  if (job === undefined || isFinishedJob(job.status)) return 'none';
  const execution = await machine.stateOf(job);
  const watched = execution === ExecutionState.Running ? job.run : undefined;
  const run = watched === undefined ? undefined : await service.describe(watched.name);
  const recovery = decideRecovery(job, execution, run, clock.now());
  await carryOut(dependencies, key, job, recovery);
  return recovery.kind;
};

const carryOut = async (
  dependencies: ReconcileDependencies,
  key: JobKey,
  job: JobRecord,
  recovery: Recovery,
): Promise<void> => {
  const { store, machine, service, tokens } = dependencies;
  const { tenant, model } = key;
  switch (recovery.kind) {
    case 'start':
      return machine.start(tenant, model, job);
    case 'restart': {
      const change = restartJob(job);
      if (await store.commit(tenant, model, change)) await machine.start(tenant, model, change.job);
      return;
    }
    case 'give-up':
      await endJob(dependencies, key, { status: JobStatus.Failed, failure: recovery.failure }, actor);
      if (job.run !== undefined) await service.stop(job.run.name);
      return;
    case 'deliver':
      await deliverOutcome(tokens, key, job, recovery.run);
      return;
    case 'stop':
      if (job.run === undefined) return;
      await tokens.fail(job.run.taskToken, WorkflowError.TrainingFailed, recovery.failure);
      await service.stop(job.run.name);
      return;
    case 'none':
      return;
  }
};
