import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  ValidationException,
} from '@aws-sdk/client-sfn';
import { RetrainExecution } from '../../../contracts/workflows.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { ExecutionState } from '../domain/recovery.ts';

/** The state machine that carries out jobs. Each attempt at a job is one execution, named after both. */
export interface RetrainMachine {
  /** Starts an attempt; one that was started before is left as it is. */
  start(tenant: string, model: string, job: JobRecord): Promise<void>;
  stateOf(job: JobRecord): Promise<ExecutionState>;
  /** Stops an attempt, unless it has ended or was never started. */
  stop(job: JobRecord, error: string, cause: string): Promise<void>;
}

const nameOf = ({ id, attempt }: JobRecord): string => `${id}-${attempt}`;

export const openRetrainMachine = (machineArn: string): RetrainMachine => {
  const client = new SFNClient({});
  const executionArn = (job: JobRecord): string =>
    `${machineArn.replace(':stateMachine:', ':execution:')}:${nameOf(job)}`;
  return {
    start: async (tenant, model, job) => {
      const { id, attempt, rollOut, snapshot } = job;
      const input = RetrainExecution.parse({ tenant, model, job: id, attempt, rollOut, snapshot });
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn: machineArn, name: nameOf(job), input: JSON.stringify(input) }),
        );
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    stateOf: async (job) => {
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn: executionArn(job) }));
        return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? ExecutionState.Running : ExecutionState.Over;
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return ExecutionState.Absent;
        throw error;
      }
    },
    stop: async (job, error, cause) => {
      try {
        await client.send(new StopExecutionCommand({ executionArn: executionArn(job), error, cause }));
      } catch (failure) {
        // What has ended is told of by either.
        if (!(failure instanceof ExecutionDoesNotExist || failure instanceof ValidationException)) throw failure;
      }
    },
  };
};
