import { isFinishedJob, JobStatus } from '../../../contracts/statuses.ts';
import { type SubmitInput, WorkflowError } from '../../../contracts/workflows.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { JobRecord, Run } from '../domain/job-record.ts';
import { presumedState } from '../domain/recovery.ts';
import { enqueueJob } from '../domain/run-changes.ts';
import { hasEnded } from '../domain/run-state.ts';
import { expectJob } from './end-job.ts';
import { giveRun, takeUp } from './give-run.ts';
import type { RunDependencies } from './run-dependencies.ts';
import { settleRun } from './settle-run.ts';

/** Nobody waits for this training any more. */
class JobCancelledError extends Error {
  override readonly name = WorkflowError.Cancelled;
}

/** The training waits for a person, and its machine for nothing. */
class JobPausedError extends Error {
  override readonly name = WorkflowError.Paused;
}

/**
 * Puts a job among those that wait for a run, whose end is told to the machine later, by the token. A run of before that
 * goes on, or is done, is taken up instead: no crash costs a training.
 *
 * @throws JobCancelledError where the job has ended, or another attempt works on it
 * @throws JobPausedError
 */
export const submitJob = async (dependencies: RunDependencies, input: SubmitInput): Promise<void> => {
  const { store } = dependencies;
  const job = await untilStored(`the training job ${input.job}`, async () => {
    const change = enqueueJob(await expectOpen(dependencies, input), input.snapshot, input.taskToken);
    return (await store.commit(input.tenant, input.model, change)) ? change.job : undefined;
  });
  if (job.run !== undefined) await takeUpEarlier(dependencies, input, job, job.run);
};

const expectOpen = async ({ store }: RunDependencies, input: SubmitInput): Promise<JobRecord> => {
  const job = await expectJob(store, input);
  if (isFinishedJob(job.status)) throw new JobCancelledError(`The training job is ${job.status}.`);
  if (job.attempt !== input.attempt) throw new JobCancelledError(`Attempt ${job.attempt} of the job is at work.`);
  if (job.status === JobStatus.Paused) throw new JobPausedError('The training job is paused.');
  return job;
};

const takeUpEarlier = async (
  dependencies: RunDependencies,
  { tenant, model, job: id }: SubmitInput,
  job: JobRecord,
  run: Run,
): Promise<void> => {
  const { service, clock } = dependencies;
  const key = { tenant, model, job: id };
  const state = presumedState(run, await service.describe(run.name), clock.now());
  if (state !== undefined && hasEnded(state)) {
    return settleRun(dependencies, { ...key, instanceType: run.instanceType, spot: job.spot }, run.name, state);
  }
  // One that is to stop is waited for: its checkpoint is complete only then.
  if (run.stopAsked) return service.stop(run.name);
  if (state !== undefined) return takeUp(dependencies, key, run.name, state);
  await giveRun(dependencies, key, job);
};
