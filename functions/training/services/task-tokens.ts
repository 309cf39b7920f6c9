import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';

/** The waiting states of state machines. Each answers whether a state still waited. */
export interface TaskTokens {
  succeed(token: string, output: unknown): Promise<boolean>;
  fail(token: string, error: string, cause: string): Promise<boolean>;
}

/** Limits of Step Functions, characters. */
const longestError = 256;
const longestCause = 32_768;

export const openTaskTokens = (): TaskTokens => {
  const client = new SFNClient({});
  const whileWaiting = async (send: () => Promise<unknown>): Promise<boolean> => {
    try {
      await send();
      return true;
    } catch (error) {
      if (error instanceof TaskDoesNotExist || error instanceof TaskTimedOut || error instanceof InvalidToken) {
        return false;
      }
      throw error;
    }
  };
  return {
    succeed: (taskToken, output) =>
      whileWaiting(() => client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
    fail: (taskToken, error, cause) =>
      whileWaiting(() =>
        client.send(
          new SendTaskFailureCommand({
            taskToken,
            error: error.slice(0, longestError),
            cause: cause.slice(0, longestCause),
          }),
        ),
      ),
  };
};
