import type * as z from 'zod';
import { isFinishedJob } from '../../../contracts/statuses.ts';
import { type SubmitInput, WorkflowError } from '../../../contracts/workflows.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { adopted, refused, running, submitted } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { trainingJobName } from '../domain/names.ts';
import { outcomeOf, type TrainingProgressState } from '../domain/training-outcome.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import { CapacityError, type Trainer } from '../services/trainer.ts';
import { type TrainingTarget, trainingRequest } from '../services/training-request.ts';
import type { JobStore } from '../store/job-store.ts';
import { answerMachine } from './answer-machine.ts';

export interface SubmitDependencies {
  readonly jobs: Pick<JobStore, 'get' | 'save' | 'remember'>;
  readonly trainer: Trainer;
  readonly tokens: TaskTokens;
  readonly target: TrainingTarget;
  readonly clock: Clock;
}

type Input = z.infer<typeof SubmitInput>;

/** Nobody waits for this training any more: it was cancelled, or another machine works on it. */
class JobCancelledError extends Error {
  override readonly name = WorkflowError.Cancelled;
}

/**
 * Gives a job to the training service; what comes of it is told to the waiting state later. A training that an
 * earlier machine left behind, on the same dataset, goes on for this one.
 *
 * @throws JobCancelledError
 * @throws CapacityError where the training service is full: the machine comes again later
 */
export const submitJob = async (dependencies: SubmitDependencies, input: Input): Promise<void> => {
  const job = await findJob(dependencies, input);
  if (await adopt(dependencies, job, input)) return;
  const submission = {
    name: trainingJobName(job.id, job.submissions + 1),
    at: timestamp(dependencies.clock),
    snapshot: input.snapshot,
    taskToken: input.taskToken,
  };
  // Stored before it is submitted: an event may come at once.
  await dependencies.jobs.remember(submission.name, job);
  const stored = await change(dependencies, input, (present) => submitted(present, submission));
  try {
    await dependencies.trainer.submit(trainingRequest(dependencies.target, stored, submission));
  } catch (error) {
    if (error instanceof CapacityError) await change(dependencies, input, refused);
    throw error;
  }
  await change(dependencies, input, (present) => running(present, timestamp(dependencies.clock)));
};

const findJob = async ({ jobs }: SubmitDependencies, input: Input): Promise<JobRecord> => {
  const job = await jobs.get({ tenant: input.tenant, model: input.model, id: input.job });
  if (job === undefined) throw new Error(`Expected a job ${input.job} of ${input.model}, found none.`);
  if (isFinishedJob(job.status) || job.cancelledBy !== undefined) {
    throw new JobCancelledError('The training was cancelled.');
  }
  if (job.attempt !== input.attempt) throw new JobCancelledError(`The machine of attempt ${job.attempt} goes on.`);
  return job;
};

const change = (
  dependencies: SubmitDependencies,
  input: Input,
  to: (job: JobRecord) => JobRecord,
): Promise<JobRecord> =>
  untilStored(`the job ${input.job}`, async () => {
    const present = await findJob(dependencies, input);
    const next = to(present);
    return next === present || (await dependencies.jobs.save(next)) ? next : undefined;
  });

const isUsable = ({ status }: TrainingProgressState): boolean => status === 'InProgress' || status === 'Completed';

/** @returns whether a training that was submitted before is used */
const adopt = async (dependencies: SubmitDependencies, job: JobRecord, input: Input): Promise<boolean> => {
  const { trainer, tokens } = dependencies;
  const { submission } = job;
  if (submission === undefined) return false;
  const training = await trainer.describe(submission.name);
  if (training === undefined || !isUsable(training)) return false;
  if (submission.snapshot.dataset !== input.snapshot.dataset) {
    await trainer.stop(submission.name);
    return false;
  }
  const next = await change(dependencies, input, (present) => adopted(present, submission, input.taskToken));
  await answerMachine(tokens, next, outcomeOf(training, job.maximumSeconds));
  return true;
};
