import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from '../domain/printed-lines.ts';

/** Lines that are read: enough to hold the last progress among those that come after it. */
const readLines = 200;

/**
 * The last lines that a run printed on its present machine, the oldest first; none where it has printed nothing yet.
 *
 * @param run - its name, with which its log stream begins
 */
export type ProgramLog = (run: string) => Promise<LogLine[]>;

export const openProgramLog = (logGroupName: string): ProgramLog => {
  const client = new CloudWatchLogsClient({});
  return async (run) => {
    try {
      // A run whose spot machine was taken away has a stream of each; their names end with the time of their beginning.
      const { logStreams: [stream] = [] } = await client.send(
        new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${run}/`, descending: true, limit: 1 }),
      );
      if (stream?.logStreamName === undefined) return [];
      const { events = [] } = await client.send(
        new GetLogEventsCommand({ logGroupName, logStreamName: stream.logStreamName, limit: readLines }),
      );
      return events.map(({ timestamp = 0, message = '' }) => ({ at: timestamp, text: message.trimEnd() }));
    } catch (error) {
      // The training service makes the group when its first run prints.
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  };
};
