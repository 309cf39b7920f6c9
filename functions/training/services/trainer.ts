import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { WorkflowError } from '../../../contracts/workflows.ts';
import { TrainingProgressState } from '../domain/training-outcome.ts';

/** The training service has no machine free, or allows no more jobs now: a state, not a failure. */
export class CapacityError extends Error {
  override readonly name = WorkflowError.Capacity;
}

const lacksCapacity: readonly string[] = [
  'ResourceLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'CapacityError',
];

/** The training service. */
export interface Trainer {
  /**
   * Starts a training job, unless there is one of this name already.
   *
   * @throws CapacityError
   */
  submit(job: CreateTrainingJobCommandInput): Promise<void>;
  /** @returns undefined where there is no such training job */
  describe(name: string): Promise<TrainingProgressState | undefined>;
  /** Stops a training job, unless it has ended or never was. */
  stop(name: string): Promise<void>;
}

/** SageMaker has no error of its own for what does not exist or has ended. */
const isUnknownOrEnded = (error: unknown): boolean => error instanceof Error && error.name === 'ValidationException';

export const openTrainer = (): Trainer => {
  const client = new SageMakerClient({});
  return {
    submit: async (job) => {
      try {
        await client.send(new CreateTrainingJobCommand(job));
      } catch (error) {
        const { name, message } = error as Error;
        if (name === 'ResourceInUse') return;
        if (lacksCapacity.includes(name)) throw new CapacityError(message, { cause: error });
        throw error;
      }
    },
    describe: async (name) => {
      try {
        const found = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
        return TrainingProgressState.parse({
          status: found.TrainingJobStatus,
          secondaryStatus: found.SecondaryStatus,
          failureReason: found.FailureReason,
        });
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
