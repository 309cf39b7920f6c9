import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { WaitingReason } from '../../../contracts/training.ts';
import { timestamp } from '../../platform/clock.ts';
import { backoffSeconds } from '../domain/capacity.ts';
import type { JobRecord, Run } from '../domain/job-record.ts';
import { refuseRun, timesRefused, waitJob } from '../domain/run-changes.ts';
import { type RunState, RunStatus } from '../domain/run-state.ts';
import { runRequest } from '../services/run-request.ts';
import { CapacityError, UnansweredError } from '../services/training-service.ts';
import type { JobKey } from '../store/training-store.ts';
import { changeRun } from './change-run.ts';
import { followRun } from './follow-run.ts';
import type { RunDependencies } from './run-dependencies.ts';

/** What became of a run that was offered. */
export type Given =
  | 'begun'
  /** There is no machine for it. */
  | 'refused'
  /** It may have begun: reconciliation finds out. */
  | 'unanswered'
  /** It can never begin as it was asked for. */
  | 'faulty';

/**
 * Gives a job's present run to the training service. It may be given again: a run of its name that was begun is left as
 * it is, so that a crash costs no training and no second run.
 */
export const giveRun = async (dependencies: RunDependencies, key: JobKey, job: JobRecord): Promise<Given> => {
  const { store, service } = dependencies;
  const { run } = job;
  if (run === undefined) throw new Error(`Expected ${job.id} to have a run before it is given away.`);
  // Known before it starts: its event may come at once.
  await store.nameRun(run.name, { ...key, instanceType: run.instanceType, spot: job.spot });
  const request = await requestOf(dependencies, key, job, run);
  try {
    await service.start(request);
  } catch (error) {
    if (error instanceof CapacityError) return refuse(dependencies, key, job, run);
    if (error instanceof UnansweredError) return tellUnanswered(dependencies, key, run.name);
    return fail(dependencies, job, run, error as Error);
  }
  await takeUp(dependencies, key, run.name, accepted);
  return 'begun';
};

const requestOf = async ({ models, warmStart, place }: RunDependencies, key: JobKey, job: JobRecord, run: Run) => {
  const { tenant, model: name } = key;
  const [model, championKey] = await Promise.all([models.get(tenant, name), warmStart(tenant, name)]);
  const { snapshot } = job;
  if (model === undefined || snapshot === undefined) {
    throw new Error(`Expected ${job.id} to have a model and a dataset, found none. Cancel it.`);
  }
  return runRequest(place, { tenant, model, job, run, snapshot, championKey });
};

const accepted: RunState = { status: RunStatus.InProgress };

/** The training service has the run: the job goes on with it, unless it has been stopped meanwhile. */
export const takeUp = async (
  dependencies: RunDependencies,
  key: JobKey,
  run: string,
  state: RunState,
): Promise<void> => {
  const job = await followRun(dependencies, key, run, state);
  // The word to stop it had found none.
  if (job === undefined || isFinishedJob(job.status) || job.run?.stopAsked) await dependencies.service.stop(run);
};

const refuse = async (
  { store, capacity, clock, random }: RunDependencies,
  key: JobKey,
  { revision }: JobRecord,
  { name, instanceType }: Run,
): Promise<Given> => {
  await changeRun(store, key, name, (present) => {
    if (isFinishedJob(present.status)) return undefined;
    const seconds = backoffSeconds(timesRefused(present, instanceType) + 1, random());
    const until = new Date(clock.now() + seconds * 1000).toISOString();
    return refuseRun(present, { at: timestamp(clock), until });
  });
  await capacity.release(instanceType, name, revision);
  return 'refused';
};

const unanswered = {
  reason: WaitingReason.Capacity,
  detail: 'The training service did not answer. It is asked again.',
};

const tellUnanswered = async ({ store, clock }: RunDependencies, key: JobKey, run: string): Promise<Given> => {
  await changeRun(store, key, run, (present) =>
    present.status === JobStatus.Queued ? waitJob(present, unanswered, timestamp(clock)) : undefined,
  );
  return 'unanswered';
};

const fail = async (
  { capacity, tokens }: RunDependencies,
  { taskToken, revision }: JobRecord,
  { name, instanceType }: Run,
  error: Error,
): Promise<Given> => {
  if (taskToken !== undefined) await tokens.fail(taskToken, error.name, error.message);
  await capacity.release(instanceType, name, revision);
  return 'faulty';
};
