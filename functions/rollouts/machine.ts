import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { RolloutInput } from '../../contracts/workflows.ts';

/** What became of an attempt's execution. */
export const AttemptState = { Absent: 'absent', Running: 'running', Over: 'over' } as const;
export type AttemptState = (typeof AttemptState)[keyof typeof AttemptState];

/** The state machine that judges rollouts. Each attempt at a rollout is one execution, named after both. */
export interface RolloutMachine {
  /** Starts an attempt; one that was started before is left as it is. */
  start(input: RolloutInput): Promise<void>;
  stateOf(input: RolloutInput): Promise<AttemptState>;
}

const nameOf = ({ rollout, attempt }: RolloutInput): string => `${rollout}-${attempt}`;

export const openRolloutMachine = (machineArn: string): RolloutMachine => {
  const client = new SFNClient({});
  const executionArn = (input: RolloutInput): string =>
    `${machineArn.replace(':stateMachine:', ':execution:')}:${nameOf(input)}`;
  return {
    start: async (input) => {
      try {
        await client.send(
          new StartExecutionCommand({
            stateMachineArn: machineArn,
            name: nameOf(input),
            input: JSON.stringify(input),
          }),
        );
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    stateOf: async (input) => {
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn: executionArn(input) }));
        return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? AttemptState.Running : AttemptState.Over;
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return AttemptState.Absent;
        throw error;
      }
    },
  };
};
