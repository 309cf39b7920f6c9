import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { restartJob } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { decideRecovery, ExecutionState, presumedState, type Recovery } from '../domain/recovery.ts';
import type { RetrainMachine } from '../services/machine.ts';
import type { JobKey } from '../store/training-store.ts';
import { type EndDependencies, endJob } from './end-job.ts';
import { giveRun, takeUp } from './give-run.ts';
import { haltJob } from './halt-job.ts';
import type { RunDependencies } from './run-dependencies.ts';
import { settleRun } from './settle-run.ts';

export type ReconcileDependencies = RunDependencies &
  EndDependencies & { readonly machine: Pick<RetrainMachine, 'start' | 'stop' | 'stateOf'> };

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
  const isWatched = execution === ExecutionState.Running || job.status === JobStatus.Paused;
  const { run } = job;
  const state =
    run === undefined || !isWatched ? undefined : presumedState(run, await service.describe(run.name), clock.now());
  const recovery = decideRecovery(job, execution, state, clock.now());
  await carryOut(dependencies, key, job, recovery);
  return recovery.kind;
};

const carryOut = async (
  dependencies: ReconcileDependencies,
  key: JobKey,
  job: JobRecord,
  recovery: Recovery,
): Promise<void> => {
  const { store, machine } = dependencies;
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
      return stopRun(dependencies, job);
    case 'halt':
      return haltJob(dependencies, job, WorkflowError.Paused);
    case 'none':
      return;
    default:
      return carryOutOnRun(dependencies, key, job, recovery);
  }
};

const carryOutOnRun = async (
  dependencies: ReconcileDependencies,
  key: JobKey,
  job: JobRecord,
  recovery: Extract<Recovery, { kind: 'settle' | 'give' | 'take-up' | 'stop-run' | 'stop' }>,
): Promise<void> => {
  const { tokens } = dependencies;
  const { run, spot, taskToken } = job;
  if (run === undefined) return;
  switch (recovery.kind) {
    case 'settle':
      return settleRun(dependencies, { ...key, instanceType: run.instanceType, spot }, run.name, recovery.run);
    case 'give':
      await giveRun(dependencies, key, job);
      return;
    case 'take-up':
      return takeUp(dependencies, key, run.name, recovery.run);
    case 'stop-run':
      return stopRun(dependencies, job);
    case 'stop':
      if (taskToken !== undefined) await tokens.fail(taskToken, WorkflowError.TrainingFailed, recovery.failure);
      return stopRun(dependencies, job);
  }
};

const stopRun = async ({ service }: ReconcileDependencies, { run }: JobRecord): Promise<void> => {
  if (run !== undefined) await service.stop(run.name);
};
