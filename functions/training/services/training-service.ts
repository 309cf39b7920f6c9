import {
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { WorkflowError } from '../../../contracts/workflows.ts';
import type { RunState } from '../domain/run-outcome.ts';

/** The training service takes no further run now. The machine comes again later: this is a state, not a failure. */
class CapacityError extends Error {
  override readonly name = WorkflowError.Capacity;
}

const capacityErrors: readonly string[] = [
  'ResourceLimitExceeded',
  'CapacityError',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
];

/** SageMaker, which carries out runs of training jobs. */
export interface TrainingService {
  /**
   * Starts a run; one of this name that was started before is left as it is.
   *
   * @throws CapacityError
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
        if (!capacityErrors.includes(name)) throw error;
        throw new CapacityError(`The training service takes no further training now: ${message}`, { cause: error });
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
