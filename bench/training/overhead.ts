import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expectAnswer } from '../../client/index.ts';
import { clientOptions } from '../../local/aws-clients.ts';
import type { Log } from '../../local/log.ts';
import { model, startTraining, trained, type World } from './world.ts';

/** What a job takes besides its training; seconds. */
export interface Overhead {
  /** From before the call of the API to the first line that the training program printed. */
  readonly before: number;
  /** From its last line to the time at which its version was registered. */
  readonly after: number;
}

/** When a run's program printed something, ms since 1970. */
const timesOf = async (logs: CloudWatchLogsClient, job: string): Promise<number[]> => {
  const logGroupName = '/aws/sagemaker/TrainingJobs';
  const logStreamNamePrefix = `relearn-${job.replaceAll('_', '-').toLowerCase()}-`;
  const { logStreams: [stream] = [] } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix }),
  );
  if (stream === undefined) throw new Error(`Expected a log of ${job}, and there is none.`);
  const { events = [] } = await logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName: stream.logStreamName, limit: 10_000 }),
  );
  return events.map(({ timestamp = Number.NaN }) => timestamp);
};

const measureOne = async ({ tenant }: World, logs: CloudWatchLogsClient, seed: number): Promise<Overhead> => {
  const asked = Date.now();
  const { id, version } = await trained(tenant, await startTraining(tenant, seed));
  const params = { path: { model, version } };
  const { createdAt } = expectAnswer(await tenant.operator.GET('/v1/models/{model}/versions/{version}', { params }));
  const printed = await timesOf(logs, id);
  return {
    before: (Math.min(...printed) - asked) / 1000,
    after: (Date.parse(createdAt) - Math.max(...printed)) / 1000,
  };
};

/** Runs so many jobs, one after the other. */
export const measureOverhead = async (world: World, runs: number, log: Log): Promise<Overhead[]> => {
  const logs = new CloudWatchLogsClient(clientOptions(world.cloud));
  const measured: Overhead[] = [];
  for (let run = 1; run <= runs; run += 1) {
    log(`the overhead of a job, ${run} of ${runs}`);
    measured.push(await measureOne(world, logs, 100 + run));
  }
  logs.destroy();
  return measured;
};
