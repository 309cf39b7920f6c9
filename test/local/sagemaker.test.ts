import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  ListTrainingJobsCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { account, clientOptions, region, rootCredentials, s3ClientOptions } from '../../local/aws-clients.ts';
import { python } from '../../local/paths.ts';
import { type SageMaker, startSageMaker } from '../../local/sagemaker/endpoint.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';
import { filesOfArchive } from './support/archive.ts';
import { eventually } from './support/eventually.ts';
import { createRole } from './support/functions.ts';
import { describeJob, ended, reached, testSettings, train, trainingRequest } from './support/training.ts';

const log = () => {};
const bucket = 'training-data';
const logGroup = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/TrainingJobs';
let cloud: TestEmulator;
let sagemaker: SageMaker;
let client: SageMakerClient;
let s3: S3Client;
let role: string;
let queueUrl: string | undefined;

beforeAll(async () => {
  cloud = await startTestEmulator();
  sagemaker = await startSageMaker({ stateFolder: cloud.stateFolder, log, settings: testSettings });
  await sagemaker.attach(cloud);
  client = new SageMakerClient({ endpoint: sagemaker.sagemakerUrl, region, credentials: rootCredentials });
  s3 = new S3Client(s3ClientOptions(cloud));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  role = await createRole(cloud, 'trainer', 'sagemaker.amazonaws.com', [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::${bucket}/*` },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `${logGroup}*`,
    },
  ]);
  queueUrl = await queueOfEvents();
}, 120_000);

afterAll(async () => {
  await sagemaker?.stop();
  await cloud?.dispose();
});

/** A queue that gets every job-state event. */
async function queueOfEvents() {
  const { QueueUrl } = await new SQSClient(clientOptions(cloud)).send(new CreateQueueCommand({ QueueName: 'events' }));
  const events = new EventBridgeClient(clientOptions(cloud));
  await events.send(
    new PutRuleCommand({
      Name: 'job-states',
      EventPattern: JSON.stringify({
        source: ['relearn.sagemaker'],
        'detail-type': ['SageMaker Training Job State Change'],
      }),
    }),
  );
  const queueArn = `arn:aws:sqs:${region}:${account}:events`;
  await events.send(new PutTargetsCommand({ Rule: 'job-states', Targets: [{ Id: 'queue', Arn: queueArn }] }));
  return QueueUrl;
}

const statesOf = async (name: string, count: number) => {
  const sqs = new SQSClient(clientOptions(cloud));
  const found: { TrainingJobStatus: string; FailureReason?: string }[] = [];
  return await eventually(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
    );
    for (const { Body = '' } of Messages) {
      const { detail } = JSON.parse(Body);
      if (detail.TrainingJobName === name && !found.some((f) => f.TrainingJobStatus === detail.TrainingJobStatus)) {
        found.push(detail);
      }
    }
    return found.length >= count ? found : undefined;
  });
};

const put = (key: string, content: string) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));

describe('a training job', () => {
  test('trains on its channels and leaves its artifact, its log and its events', async () => {
    await put('dataset/manifest.json', '{"format": 1}');
    await put('ledger/one.jsonl.gz', '1');
    await put('ledger/2024/two.jsonl.gz', '2');
    await put('ledger/three.jsonl.gz', 'not in the dataset');
    await put(
      'dataset/segments',
      JSON.stringify([{ prefix: `s3://${bucket}/ledger/` }, 'one.jsonl.gz', '2024/two.jsonl.gz']),
    );
    const channel = (ChannelName: string, S3DataType: 'S3Prefix' | 'ManifestFile', key: string) => ({
      ChannelName,
      DataSource: { S3DataSource: { S3DataType, S3Uri: `s3://${bucket}/${key}` } },
    });
    const job = await train(
      client,
      trainingRequest('whole', role, 'train', {
        InputDataConfig: [
          channel('manifest', 'S3Prefix', 'dataset/manifest.json'),
          channel('dataset', 'ManifestFile', 'dataset/segments'),
          channel('folder', 'S3Prefix', 'ledger/2024'),
        ],
        Environment: { CUSTOM: 'yes' },
        Tags: [{ Key: 'tenant', Value: 'acme' }],
      }),
    );

    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' });
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(job.SecondaryStatusTransitions?.every(({ StartTime, EndTime }) => StartTime && EndTime)).toBe(true);
    expect(job.TrainingEndTime?.getTime()).toBeGreaterThanOrEqual(job.TrainingStartTime?.getTime() ?? Number.NaN);
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${bucket}/output/whole/output/model.tar.gz`);

    const artifact = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'output/whole/output/model.tar.gz' }));
    const files = await filesOfArchive(Buffer.from((await artifact.Body?.transformToByteArray()) ?? []));
    const seen = JSON.parse(files['code/seen.json'] ?? '{}');
    expect(seen).toMatchObject({
      files: ['dataset/2024/two.jsonl.gz', 'dataset/one.jsonl.gz', 'folder/two.jsonl.gz', 'manifest/manifest.json'],
      job: 'whole',
      custom: 'yes',
      hosts: ['algo-1'],
      configuration: { dataset: { TrainingInputMode: 'File' } },
    });
    expect(seen.environment).not.toContain('AWS_ACCESS_KEY_ID');

    const { events = [] } = await new CloudWatchLogsClient(clientOptions(cloud)).send(
      new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: 'whole/algo-1-' }),
    );
    expect(events.map(({ message }) => message).sort()).toEqual([
      'to standard error',
      '{"event": "progress", "behaviour": "train"}',
    ]);
    expect((await statesOf('whole', 2)).map((detail) => detail.TrainingJobStatus).sort()).toEqual([
      'Completed',
      'InProgress',
    ]);
  });

  test('whose program fails tells the reason and the exit code', async () => {
    const job = await train(client, trainingRequest('failing', role, 'fail'));
    expect(job).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: the labels are all the same, exit code: 3',
    });
    const states = await statesOf('failing', 2);
    expect(states.find(({ TrainingJobStatus }) => TrainingJobStatus === 'Failed')).toMatchObject({
      FailureReason: 'AlgorithmError: the labels are all the same, exit code: 3',
    });
  });

  test('whose program is killed fails with the exit code of the signal', async () => {
    const job = await train(client, trainingRequest('killed', role, 'crash'));
    expect(job).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: expect.stringMatching(/^AlgorithmError: .*exit code: 137$/),
    });
  });

  test('whose program leaves a child behind ends with the program', async () => {
    expect(await train(client, trainingRequest('parent', role, 'leave-child'))).toMatchObject({
      TrainingJobStatus: 'Completed',
    });
  });

  test('that is stopped ends as Stopped and keeps what it has', async () => {
    await client.send(new CreateTrainingJobCommand(trainingRequest('stopped', role, 'sleep')));
    await reached(client, 'stopped', 'Training');
    await eventually(async () => (await logLines('stopped')).length > 0);
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'stopped' }));
    expect(await ended(client, 'stopped')).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    const kept = new HeadObjectCommand({ Bucket: bucket, Key: 'output/stopped/output/model.tar.gz' });
    await expect(s3.send(kept)).resolves.toBeDefined();
  });

  test('that ignores SIGTERM is killed after the time it is given', async () => {
    await client.send(new CreateTrainingJobCommand(trainingRequest('stubborn', role, 'ignore-sigterm')));
    await eventually(async () => (await logLines('stubborn')).includes('ignoring SIGTERM'));
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'stubborn' }));
    expect(await describeJob(client, 'stubborn')).toMatchObject({ TrainingJobStatus: 'Stopping' });
    expect(await ended(client, 'stubborn')).toMatchObject({ TrainingJobStatus: 'Stopped' });
  });

  test('that runs longer than allowed is stopped', async () => {
    const limit = { StoppingCondition: { MaxRuntimeInSeconds: 1 } };
    const job = await train(client, trainingRequest('endless', role, 'sleep', limit));
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
  });

  test('waits while another runs, and can be stopped while it waits', async () => {
    await client.send(new CreateTrainingJobCommand(trainingRequest('first', role, 'sleep')));
    await reached(client, 'first', 'Training');
    await client.send(new CreateTrainingJobCommand(trainingRequest('second', role, 'train')));
    await client.send(new CreateTrainingJobCommand(trainingRequest('third', role, 'train')));
    expect(await describeJob(client, 'third')).toMatchObject({
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Starting',
    });
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'second' }));
    expect(await describeJob(client, 'second')).toMatchObject({ TrainingJobStatus: 'Stopped' });
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'first' }));
    expect(await ended(client, 'third')).toMatchObject({ TrainingJobStatus: 'Completed' });
  });

  const logLines = async (name: string) => {
    const { events = [] } = await new CloudWatchLogsClient(clientOptions(cloud)).send(
      new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: `${name}/` }),
    );
    return events.map(({ message }) => message);
  };
});

describe('the role of a job', () => {
  const fromPrefix = (key: string): CreateTrainingJobRequest['InputDataConfig'] => [
    { ChannelName: 'data', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${key}` } } },
  ];

  test('that may not read the data fails the job', async () => {
    await put('secret/a', 'a');
    const blind = await createRole(cloud, 'blind', 'sagemaker.amazonaws.com', []);
    const job = await train(
      client,
      trainingRequest('blind', blind, 'train', { InputDataConfig: fromPrefix('secret/') }),
    );
    expect(job).toMatchObject({ TrainingJobStatus: 'Failed' });
    expect(job.FailureReason).toMatch(
      /^ClientError: Data download failed for channel data: AccessDenied: .*s3:ListBucket/,
    );
  });

  test('that may not write the artifact fails the job', async () => {
    const reader = await createRole(cloud, 'reader', 'sagemaker.amazonaws.com', []);
    const job = await train(client, trainingRequest('reader', reader, 'train'));
    expect(job.FailureReason).toMatch(/^ClientError: Artifact upload failed: AccessDenied: .*s3:PutObject/);
  });

  test('must trust SageMaker', async () => {
    const other = await createRole(cloud, 'other-service', 'lambda.amazonaws.com', []);
    for (const roleArn of [other, `arn:aws:iam::${account}:role/never-made`]) {
      const creating = client.send(new CreateTrainingJobCommand(trainingRequest('untrusted', roleArn, 'train')));
      await expect(creating).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(`Could not assume role ${roleArn}`),
      });
    }
  });

  test('without the data it names fails the job', async () => {
    const job = await train(
      client,
      trainingRequest('empty', role, 'train', { InputDataConfig: fromPrefix('nothing/') }),
    );
    expect(job.FailureReason).toContain('No S3 objects found');
  });
});

describe('a caller', () => {
  const as = async (name: string, statements: Parameters<typeof createRole>[3]) => {
    const RoleArn = await createRole(cloud, name, 'lambda.amazonaws.com', statements);
    const { Credentials } = await new STSClient(clientOptions(cloud)).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: name }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    return { credentials, client: new SageMakerClient({ endpoint: sagemaker.sagemakerUrl, region, credentials }) };
  };
  const mayCreate = {
    Effect: 'Allow',
    Action: 'sagemaker:CreateTrainingJob',
    Resource: `arn:aws:sagemaker:${region}:${account}:training-job/relearn-*`,
  } as const;
  const create = (caller: SageMakerClient, name: string) =>
    caller.send(new CreateTrainingJobCommand(trainingRequest(name, role, 'train')));

  test('without credentials is refused', async () => {
    const answer = await fetch(sagemaker.sagemakerUrl, {
      method: 'POST',
      headers: { 'x-amz-target': 'SageMaker.ListTrainingJobs', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationToken' });
  });

  test('with unknown or wrong keys is refused', async () => {
    const { credentials } = await as('mistaken', [mayCreate]);
    const wrong = { ...credentials, secretAccessKey: 'guessed' };
    const unknown = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'guessed' };
    for (const [keys, name] of [
      [wrong, 'SignatureDoesNotMatch'],
      [unknown, 'UnrecognizedClientException'],
    ] as const) {
      const caller = new SageMakerClient({ endpoint: sagemaker.sagemakerUrl, region, credentials: keys });
      await expect(caller.send(new ListTrainingJobsCommand())).rejects.toMatchObject({ name });
    }
  });

  test('needs the permission for the action, on the job, and to pass the role', async () => {
    const passRole = { Effect: 'Allow', Action: 'iam:PassRole', Resource: role } as const;
    const nobody = await as('no-permission', []);
    await expect(create(nobody.client, 'relearn-a')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const cannotPass = await as('cannot-pass', [mayCreate]);
    await expect(create(cannotPass.client, 'relearn-a')).rejects.toThrow(/not authorized to perform: iam:PassRole/);
    const can = await as('can', [mayCreate, passRole]);
    await expect(create(can.client, 'other-a')).rejects.toThrow(/sagemaker:CreateTrainingJob .*training-job\/other-a/);
    await expect(create(can.client, 'relearn-a')).resolves.toMatchObject({
      TrainingJobArn: `arn:aws:sagemaker:${region}:${account}:training-job/relearn-a`,
    });
    await ended(client, 'relearn-a');
  });
});

describe('the API', () => {
  test('names every fault of a request', async () => {
    const creating = client.send(
      new CreateTrainingJobCommand(
        trainingRequest('bad name!', role, 'train', { StoppingCondition: { MaxRuntimeInSeconds: 0 } }),
      ),
    );
    await expect(creating).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/2 validation errors.*TrainingJobName.*StoppingCondition\.MaxRuntimeInSeconds/),
    });
  });

  test('lists in pages, filtered and sorted', async () => {
    for (const name of ['page-b', 'page-a', 'page-c']) {
      await train(client, trainingRequest(name, role, 'train'));
    }
    const list = async (other: object) =>
      await client.send(new ListTrainingJobsCommand({ NameContains: 'page-', MaxResults: 2, ...other }));
    const names = (answer: Awaited<ReturnType<typeof list>>) =>
      answer.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName);

    const first = await list({ SortBy: 'Name', SortOrder: 'Ascending' });
    expect(names(first)).toEqual(['page-a', 'page-b']);
    const second = await list({ SortBy: 'Name', SortOrder: 'Ascending', NextToken: first.NextToken });
    expect(names(second)).toEqual(['page-c']);
    expect(second.NextToken).toBeUndefined();
    expect(names(await list({}))).toEqual(['page-c', 'page-a']);
    expect(names(await list({ StatusEquals: 'Failed' }))).toEqual([]);
  });

  test('satisfies boto3', async () => {
    const script = join(import.meta.dirname, 'fixtures', 'sagemaker_client.py');
    const { stdout } = await promisify(execFile)(python, [
      script,
      sagemaker.sagemakerUrl,
      role,
      `s3://${bucket}/output/`,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      arn: `arn:aws:sagemaker:${region}:${account}:training-job/from-boto3`,
      repeated: 'ResourceInUse',
      job: { TrainingJobStatus: 'Completed', TrainingTimeInSeconds: 1 },
      listed: ['from-boto3'],
      stopped: 'ValidationException',
      unknown: 'ResourceNotFound',
    });
  });
});

test('a job whose host was lost comes back failed, and the event tells it', async () => {
  const settings = { ...testSettings, eventSource: 'relearn.sagemaker' };
  const stateFolder = join(cloud.stateFolder, 'lost');
  const before = await startSageMaker({ stateFolder, log, settings });
  await before.attach(cloud);
  const lostClient = new SageMakerClient({ endpoint: before.sagemakerUrl, region, credentials: rootCredentials });
  await lostClient.send(new CreateTrainingJobCommand(trainingRequest('lost', role, 'sleep')));
  await reached(lostClient, 'lost', 'Training');
  await before.stop();

  const after = await startSageMaker({ stateFolder, log, settings, port: before.port });
  await after.attach(cloud);

  expect(await describeJob(lostClient, 'lost')).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the training host was lost',
  });
  expect((await statesOf('lost', 2)).map(({ TrainingJobStatus }) => TrainingJobStatus)).toContain('Failed');
  await after.stop();
});
