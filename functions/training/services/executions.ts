import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionStatus,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { RetrainInput } from '../../../contracts/workflows.ts';
import type { ExecutionState } from '../domain/repair.ts';

/** Executions of the retrain machine, by name. */
export interface Executions {
  /** Starts an execution, unless there is one of this name already. */
  start(name: string, input: RetrainInput): Promise<void>;
  state(name: string): Promise<ExecutionState>;
  /** Stops an execution, unless it has ended or never was. */
  stop(name: string, cause: string): Promise<void>;
}

export const openExecutions = (machineArn: string): Executions => {
  const client = new SFNClient({});
  const arnOf = (name: string): string => `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    start: async (name, input) => {
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }),
        );
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    state: async (name) => {
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn: arnOf(name) }));
        return status === ExecutionStatus.RUNNING ? 'running' : 'ended';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'absent';
        throw error;
      }
    },
    stop: async (name, cause) => {
      try {
        await client.send(new StopExecutionCommand({ executionArn: arnOf(name), error: 'JobCancelledError', cause }));
      } catch (error) {
        if (!(error instanceof ExecutionDoesNotExist)) throw error;
      }
    },
  };
};
