import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';

/** The states of machines that wait for an answer. Each call says whether a state still waited. */
export interface TaskTokens {
  succeed(token: string, output: object): Promise<boolean>;
  fail(token: string, error: string, cause: string): Promise<boolean>;
}

/** Step Functions takes no longer names of errors. */
const longestError = 256;

export const openTaskTokens = (): TaskTokens => {
  const client = new SFNClient({});
  const whileWaiting = async (answer: () => Promise<unknown>): Promise<boolean> => {
    try {
      await answer();
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
        client.send(new SendTaskFailureCommand({ taskToken, error: error.slice(0, longestError), cause })),
      ),
  };
};
