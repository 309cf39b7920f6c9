import type { Model } from '../../../contracts/model.ts';
import type { RetrainInput } from '../../../contracts/workflows.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { startEntry } from '../domain/job-audit.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { executionName } from '../domain/names.ts';
import { type JobRequest, planJob } from '../domain/new-job.ts';
import { type TrainingState, withJob } from '../domain/training-state.ts';
import type { Executions } from '../services/executions.ts';
import type { JobStore } from '../store/job-store.ts';

export interface StartDependencies {
  readonly jobs: Pick<JobStore, 'commit'>;
  readonly executions: Pick<Executions, 'start'>;
  readonly clock: Clock;
}

/** What the machine that works on a job is given. */
export const machineInput = ({ tenant, model, id, attempt, rollOut }: JobRecord): RetrainInput => ({
  tenant,
  model,
  job: id,
  attempt,
  rollOut,
});

/**
 * Starts a job: stores it as the one active job of its model, then starts its machine. Should the machine not be
 * started any more, the next reconciliation starts it.
 *
 * @param state - as it was read, with no active job
 * @param actor - who starts it, for the audit
 * @returns undefined where another writer came between: the decision has to be made again
 */
export const startTraining = async (
  { jobs, executions, clock }: StartDependencies,
  tenant: string,
  model: Model,
  state: TrainingState,
  request: JobRequest,
  actor: string,
): Promise<JobRecord | undefined> => {
  const job = planJob(tenant, model, request, newId('job', clock.now()), timestamp(clock));
  const stored = await jobs.commit(tenant, model.name, {
    job,
    state: withJob(state, job.id),
    audit: startEntry(job, actor),
  });
  if (!stored) return undefined;
  await executions.start(executionName(job), machineInput(job));
  return job;
};
