import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { account, clientOptions, region, s3ClientOptions } from '../../local/aws-clients.ts';
import { root } from '../../local/paths.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';
import { eventually } from './support/eventually.ts';
import { createFunction, createRole, invoke } from './support/functions.ts';

const probe = join(import.meta.dirname, 'fixtures', 'probe-function.ts');
const subscriber = join(import.meta.dirname, 'fixtures', 'log-subscriber.ts');
let cloud: TestEmulator;

beforeAll(async () => {
  cloud = await startTestEmulator();
  await new S3Client(s3ClientOptions(cloud)).send(new CreateBucketCommand({ Bucket: 'probe-data' }));
  const mayWrite = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::probe-data/*' } as const;
  const role = await createRole(cloud, 'writer', 'lambda.amazonaws.com', [mayWrite]);
  await createFunction(cloud, 'probe', role, probe);
  await createFunction(cloud, 'subscriber', role, subscriber);
});

afterAll(async () => {
  await cloud?.dispose();
});

describe('a function in the embedded cloud', () => {
  test('does over TLS what its role allows', async () => {
    const put = await invoke(cloud, 'probe', { do: 'put', bucket: 'probe-data', key: 'a' });
    expect(put).toMatchObject({ failed: false });
  });

  test('is refused what its role does not allow', async () => {
    const got = await invoke(cloud, 'probe', { do: 'get', bucket: 'probe-data', key: 'a' });
    expect(got).toMatchObject({ failed: true, errorType: 'AccessDenied' });
    expect(got.errorMessage).toContain('s3:GetObject');
  });

  test('fails under its own error name', async () => {
    const answer = await invoke(cloud, 'probe', { do: 'named-error' });
    expect(answer).toMatchObject({
      failed: true,
      errorType: 'ModelBrokenError',
      errorMessage: 'the model answers nonsense',
    });
  });

  test('that exits fails as on AWS', async () => {
    expect(await invoke(cloud, 'probe', { do: 'exit' })).toMatchObject({
      failed: true,
      errorType: 'Runtime.ExitError',
    });
  });

  test('has the lines of each call in its log, and waits for none where there are none', async () => {
    const logs = new CloudWatchLogsClient(clientOptions(cloud));
    const logged = async () => {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/probe' }));
      return events.map(({ message = '' }) => message).filter((line) => !/^(START|END|REPORT) /.test(line));
    };
    await invoke(cloud, 'probe', { do: 'say', lines: ['first', ''] });
    const before = await logged();
    await invoke(cloud, 'probe', { do: 'say', lines: ['second', 'without an end'] });
    expect((await logged()).slice(before.length)).toEqual(['second', 'without an end']);

    const millisecondsOf = async (lines: string[]) => {
      const started = performance.now();
      await invoke(cloud, 'probe', { do: 'say', lines });
      return performance.now() - started;
    };
    const [silent, talking]: [number[], number[]] = [[], []];
    for (let round = 0; round < 9; round += 1) {
      silent.push(await millisecondsOf([]));
      talking.push(await millisecondsOf(['a line']));
    }
    // Each silent call would wait; what a busy machine adds to some it adds to few of them.
    expect(Math.min(...silent)).toBeLessThan(3 * Math.min(...talking));
  });

  test('inherits nothing from the environment of whoever started the cloud', async () => {
    const { payload } = await invoke(cloud, 'probe', { do: 'environment' });
    const inherited = Object.keys(process.env).filter(
      (name) => !['PATH', 'HOME', 'TMPDIR', 'LANG', 'PWD'].includes(name),
    );
    const passedOn = inherited.filter((name) => payload[name] !== undefined && payload[name] === process.env[name]);
    expect(passedOn).toEqual([]);
    expect(payload.AWS_ACCESS_KEY_ID).not.toBe('test');
    expect(payload.LAMBDA_TASK_ROOT).not.toContain(root);
  });
});

test("a state machine catches a function's error by its name", async () => {
  const states = new SFNClient(clientOptions(cloud));
  const role = await createRole(cloud, 'machine', 'states.amazonaws.com', []);
  const definition = {
    StartAt: 'Break',
    States: {
      Break: {
        Type: 'Task',
        Resource: `arn:aws:lambda:${region}:${account}:function:probe`,
        Parameters: { do: 'named-error' },
        Catch: [{ ErrorEquals: ['ModelBrokenError'], Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Pass', Result: 'caught by name', End: true },
    },
  };
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({ name: 'catcher', roleArn: role, definition: JSON.stringify(definition) }),
  );
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
  const done = await eventually(async () => {
    const execution = await states.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
  expect(done).toMatchObject({ status: 'SUCCEEDED', output: '"caught by name"' });
});

describe('an embedded-metric log line of a function', () => {
  const metrics = () => new CloudWatchClient(clientOptions(cloud));
  const sum = async (name: string, dimensions: Record<string, string>) => {
    const { Datapoints = [] } = await metrics().send(
      new GetMetricStatisticsCommand({
        Namespace: 'RelearnTest',
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 60_000),
        Period: 7200,
        Statistics: ['Sum', 'SampleCount', 'Maximum'],
      }),
    );
    const total = { sum: 0, count: 0, unit: '' };
    for (const point of Datapoints) {
      total.sum += point.Sum ?? 0;
      total.count += point.SampleCount ?? 0;
      total.unit = point.Unit ?? '';
    }
    return total;
  };

  test('becomes a metric for each dimension set, once, and sets off the alarm', async () => {
    const alarm = 'challenger-failures';
    await metrics().send(
      new PutMetricAlarmCommand({
        AlarmName: alarm,
        Namespace: 'RelearnTest',
        MetricName: 'ChallengerFailure',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    const state = async () =>
      (await metrics().send(new DescribeAlarmsCommand({ AlarmNames: [alarm] }))).MetricAlarms?.[0]?.StateValue;
    expect(await state()).toBe('INSUFFICIENT_DATA');

    expect(await invoke(cloud, 'probe', { do: 'metric' })).toMatchObject({ failed: false });

    expect(await sum('ChallengerFailure', { model: 'diagnosis' })).toMatchObject({ sum: 1, count: 1, unit: 'Count' });
    expect(await sum('ChallengerFailure', { model: 'diagnosis', arm: 'challenger' })).toMatchObject({
      sum: 1,
      count: 1,
    });
    expect(await sum('Latency', { model: 'diagnosis' })).toMatchObject({ sum: 60, count: 3, unit: 'Milliseconds' });
    expect(await sum('Missing', { model: 'diagnosis' })).toMatchObject({ count: 0 });
    expect(await state()).toBe('ALARM');
  });
});

describe('the log of a function', () => {
  const s3 = () => new S3Client(s3ClientOptions(cloud));
  interface Batch {
    readonly logGroup: string;
    readonly logEvents: readonly { id: string; timestamp: number; message: string }[];
  }

  const batches = async (): Promise<Batch[]> => {
    const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: 'probe-data', Prefix: 'batches/' }));
    return Promise.all(
      Contents.map(async ({ Key }) => {
        const { Body } = await s3().send(new GetObjectCommand({ Bucket: 'probe-data', Key }));
        return JSON.parse((await Body?.transformToString()) ?? '') as Batch;
      }),
    );
  };

  test('reaches a function that subscribes to it, line by line, and many calls make few batches', async () => {
    const logGroupName = '/aws/lambda/probe';
    await new CloudWatchLogsClient(clientOptions(cloud)).send(
      new PutSubscriptionFilterCommand({
        logGroupName,
        filterName: 'all',
        filterPattern: '',
        destinationArn: `arn:aws:lambda:${region}:${account}:function:subscriber`,
      }),
    );
    const calls = 30;
    const atOnce = 5;
    const said = Array.from({ length: calls }, (_, index) => `{"call":${index}}`);
    for (let first = 0; first < calls; first += atOnce) {
      const burst = said.slice(first, first + atOnce);
      await Promise.all(burst.map((line) => invoke(cloud, 'probe', { do: 'say', lines: [line] })));
    }
    const heard = async () =>
      (await batches()).flatMap(({ logEvents }) =>
        logEvents.map(({ message }) => message).filter((message) => message.startsWith('{"call"')),
      );
    await eventually(async () => (await heard()).length >= calls);
    expect((await heard()).sort()).toEqual([...said].sort());
    const received = await batches();
    expect(received.length).toBeLessThan(calls / 2);
    expect(received.map(({ logGroup }) => logGroup)).toEqual(received.map(() => logGroupName));
    const ids = received.flatMap(({ logEvents }) => logEvents.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('still makes metrics of the lines that hold some', async () => {
    const countOf = async () => {
      const { Datapoints = [] } = await new CloudWatchClient(clientOptions(cloud)).send(
        new GetMetricStatisticsCommand({
          Namespace: 'RelearnTest',
          MetricName: 'ChallengerFailure',
          Dimensions: [{ Name: 'model', Value: 'diagnosis' }],
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 7200,
          Statistics: ['SampleCount'],
        }),
      );
      return Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0);
    };
    const before = await countOf();
    await invoke(cloud, 'probe', { do: 'metric' });
    expect(await countOf()).toBe(before + 1);
  });
});
