import { isFinishedJob } from '../../../contracts/statuses.ts';
import { type SubmitInput, WorkflowError } from '../../../contracts/workflows.ts';
import type { Models } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { adoptRun, type Change, runJob, submitJob as submit } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { type RunState, RunStatus } from '../domain/run-outcome.ts';
import { type RunPlace, runRequest } from '../services/run-request.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { TrainingService } from '../services/training-service.ts';
import type { TrainingStore } from '../store/training-store.ts';
import { deliverOutcome } from './deliver-outcome.ts';
import { expectJob } from './end-job.ts';

export interface SubmitDependencies {
  readonly store: Pick<TrainingStore, 'job' | 'commit' | 'nameRun'>;
  readonly models: Pick<Models, 'get'>;
  readonly service: TrainingService;
  readonly tokens: TaskTokens;
  readonly place: RunPlace;
  readonly clock: Clock;
}

/** Nobody waits for this training any more. */
class JobCancelledError extends Error {
  override readonly name = WorkflowError.Cancelled;
}

/**
 * Gives a job to the training service; its end is told to the machine later, by the token. A run of before that goes
 * on, or is done, is taken up instead: no crash costs a training.
 *
 * @throws JobCancelledError where the job has ended, or another attempt works on it
 * @throws CapacityError where the service takes no further run now
 */
export const submitJob = async (dependencies: SubmitDependencies, input: SubmitInput): Promise<void> => {
  const before = await expectOpen(dependencies, input);
  const earlier = before.run === undefined ? undefined : await dependencies.service.describe(before.run.name);
  if (earlier?.status === RunStatus.InProgress || earlier?.status === RunStatus.Completed) {
    return adopt(dependencies, input, earlier);
  }
  const { service, models, store, place, clock } = dependencies;
  const { tenant, snapshot, taskToken } = input;
  const model = await models.get(tenant, input.model);
  if (model === undefined) throw new Error(`Expected a model ${input.model}, found none. Register it again.`);
  const submission = { snapshot, taskToken, at: timestamp(clock) };
  const job = await applyChange(dependencies, input, (present) => submit(present, submission));
  const { run } = job;
  if (run === undefined) throw new Error(`Expected ${job.id} to have a run once it is submitted.`);
  // Known before it starts: its event may come at once.
  await store.nameRun(run.name, input);
  await service.start(runRequest(place, { tenant, model, job, run, snapshot }));
  try {
    await applyChange(dependencies, input, (present) => runJob(present, timestamp(clock)));
  } catch (error) {
    // Cancelled after the word to stop its run had found none.
    if (error instanceof JobCancelledError) await service.stop(run.name);
    throw error;
  }
};

const adopt = async (dependencies: SubmitDependencies, input: SubmitInput, run: RunState): Promise<void> => {
  const at = timestamp(dependencies.clock);
  await applyChange(dependencies, input, (present) => adoptRun(present, input.taskToken));
  const job = await applyChange(dependencies, input, (present) => runJob(present, at));
  await deliverOutcome(dependencies.tokens, input, job, run);
};

const expectOpen = async ({ store }: SubmitDependencies, input: SubmitInput): Promise<JobRecord> => {
  const job = await expectJob(store, input);
  if (isFinishedJob(job.status)) throw new JobCancelledError(`The training job is ${job.status}.`);
  if (job.attempt !== input.attempt) throw new JobCancelledError(`Attempt ${job.attempt} of the job is at work.`);
  return job;
};

const applyChange = (
  dependencies: SubmitDependencies,
  input: SubmitInput,
  change: (present: JobRecord) => Change,
): Promise<JobRecord> =>
  untilStored(`the training job ${input.job}`, async () => {
    const next = change(await expectOpen(dependencies, input));
    return (await dependencies.store.commit(input.tenant, input.model, next)) ? next.job : undefined;
  });
