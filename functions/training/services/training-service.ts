import {
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { RunState } from '../domain/run-state.ts';

/** The training service takes this run not now. It is offered again later: this is a state, not a failure. */
export class CapacityError extends Error {
  override readonly name = 'CapacityError';
}

const capacityErrors: readonly string[] = [
  'ResourceLimitExceeded',
  'CapacityError',
  'InsufficientCapacity',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
];

/** The training service did not say whether it takes this run. It is asked again later, by the same name. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
}

const isUnanswered = (error: unknown): boolean => {
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return $metadata !== undefined && ($metadata.httpStatusCode ?? 500) >= 500;
};

/** SageMaker, which carries out runs of training jobs. */
export interface TrainingService {
  /**
   * Starts a run; one of this name that was started before is left as it is.
   *
   * @throws CapacityError where it was not started
   * @throws UnansweredError where it may have been
   */
  start(run: CreateTrainingJobRequest): Promise<void>;
  /** @returns undefined where the service knows no run of this name */
  describe(name: string): Promise<RunState | undefined>;
  /** Stops a run, unless it has ended or was never started. */
  stop(name: string): Promise<void>;
}

/** SageMaker tells neither what it does not know nor what has ended by an error of its own. */
const isUnknownOrEnded = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ValidationException' || error.name === 'ResourceNotFound');

export const openTrainingService = (): TrainingService => {
  const client = new SageMakerClient({});
  return {
    start: async (run) => {
      try {
        await client.send(new CreateTrainingJobCommand(run));
      } catch (error) {
        const { name, message } = error as Error;
        if (name === 'ResourceInUse') return;
        if (capacityErrors.includes(name)) {
          throw new CapacityError(`The training service takes this training not now: ${message}`, { cause: error });
        }
        if (!isUnanswered(error)) throw error;
        throw new UnansweredError(`The training service did not answer: ${message}`, { cause: error });
      }
    },
    describe: async (name) => {
      try {
        const found = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
        if (found.TrainingJobStatus === undefined || found.TrainingJobStatus === 'Deleting') return undefined;
        return {
          status: found.TrainingJobStatus,
          secondaryStatus: found.SecondaryStatus,
          failureReason: found.FailureReason,
          startedAt: found.TrainingStartTime?.getTime(),
          endedAt: found.TrainingEndTime?.getTime(),
        };
      } catch (error) {
        if (isUnknownOrEnded(error)) return undefined;
        throw error;
      }
    },
    stop: async (name) => {
      try {
        await client.send(new StopTrainingJobCommand({ TrainingJobName: name }));
      } catch (error) {
        if (!isUnknownOrEnded(error)) throw error;
      }
    },
  };
};
