import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { OutputLine } from '../domain/program-output.ts';

/** Lines that are read; enough to hold a progress line among others. */
const readLines = 200;

/**
 * The last lines that a training job printed, oldest first; none where it printed nothing yet.
 *
 * @param trainingJob - its name in the training service, with which its log stream begins
 */
export type ProgramLogs = (trainingJob: string) => Promise<OutputLine[]>;

export const openProgramLogs = (logGroupName: string): ProgramLogs => {
  const client = new CloudWatchLogsClient({});
  return async (trainingJob) => {
    try {
      const { logStreams = [] } = await client.send(
        new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${trainingJob}/`, limit: 1 }),
      );
      const logStreamName = logStreams[0]?.logStreamName;
      if (logStreamName === undefined) return [];
      const { events = [] } = await client.send(
        new GetLogEventsCommand({ logGroupName, logStreamName, limit: readLines, startFromHead: false }),
      );
      return events.map(({ timestamp = 0, message = '' }) => ({ at: timestamp, text: message.trimEnd() }));
    } catch (error) {
      // The training service makes the group when the first job writes.
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  };
};
