import { join } from 'node:path';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTrainingJobCommand, SageMakerClient, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { account, clientOptions, region, rootCredentials } from '../../local/aws-clients.ts';
import { startSageMaker } from '../../local/sagemaker/endpoint.ts';
import { openFaults } from '../../local/sagemaker/faults.ts';
import { eventually } from './support/eventually.ts';
import { describeJob, ended, reached, testSettings, train, trainingRequest } from './support/training.ts';
import { bucket, startTrainingWorld, type TrainingWorld } from './support/training-world.ts';

let world: TrainingWorld;
let cloud: TrainingWorld['cloud'];
let client: SageMakerClient;
let role: string;
let queueUrl: string | undefined;

beforeAll(async () => {
  world = await startTrainingWorld();
  ({ cloud, client, role } = world);
  queueUrl = await queueOfEvents();
});

afterAll(async () => {
  await world?.dispose();
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
  const found: {
    TrainingJobStatus: string;
    SecondaryStatus: string;
    TrainingStartTime?: number;
    FailureReason?: string;
  }[] = [];
  return await eventually(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
    );
    for (const { Body = '' } of Messages) {
      const { detail } = JSON.parse(Body);
      if (detail.TrainingJobName === name && !found.some((f) => f.SecondaryStatus === detail.SecondaryStatus)) {
        found.push(detail);
      }
    }
    return found.length >= count ? found : undefined;
  });
};

describe('a training job', () => {
  test('trains on its channels and leaves its artifact, its log and its events', async () => {
    await world.put('dataset/manifest.json', '{"format": 1}');
    await world.put('ledger/one.jsonl.gz', '1');
    await world.put('ledger/2024/two.jsonl.gz', '2');
    await world.put('ledger/three.jsonl.gz', 'not in the dataset');
    await world.put(
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

    const seen = await world.seenBy('whole');
    expect(seen).toMatchObject({
      files: ['dataset/2024/two.jsonl.gz', 'dataset/one.jsonl.gz', 'folder/two.jsonl.gz', 'manifest/manifest.json'],
      job: 'whole',
      custom: 'yes',
      hosts: ['algo-1'],
      configuration: { dataset: { TrainingInputMode: 'File' } },
    });
    expect(seen.environment).not.toContain('AWS_ACCESS_KEY_ID');

    expect((await world.logLines('whole')).sort()).toEqual([
      'to standard error',
      '{"event": "progress", "behaviour": "train"}',
    ]);
    const states = await statesOf('whole', 5);
    const told = states.map(({ TrainingJobStatus, SecondaryStatus }) => `${TrainingJobStatus} ${SecondaryStatus}`);
    expect(told.sort()).toEqual([
      'Completed Completed',
      'InProgress Downloading',
      'InProgress Starting',
      'InProgress Training',
      'InProgress Uploading',
    ]);
    const startOf = (step: string) => states.find(({ SecondaryStatus }) => SecondaryStatus === step)?.TrainingStartTime;
    expect([startOf('Starting'), startOf('Downloading')]).toEqual([undefined, undefined]);
    expect(startOf('Training')).toBe(job.TrainingStartTime?.getTime());
  });

  test('whose program fails tells the reason and the exit code', async () => {
    const job = await train(client, trainingRequest('failing', role, 'fail'));
    expect(job).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: the labels are all the same, exit code: 3',
    });
    const states = await statesOf('failing', 4);
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
    await eventually(async () => (await world.logLines('stopped')).includes('the model is written'));
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'stopped' }));
    expect(await ended(client, 'stopped')).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    expect(await world.read('output/stopped/output/model.tar.gz')).toBeDefined();
  });

  test('that ignores SIGTERM is killed after the time it is given', async () => {
    await client.send(new CreateTrainingJobCommand(trainingRequest('stubborn', role, 'ignore-sigterm')));
    await eventually(async () => (await world.logLines('stubborn')).includes('ignoring SIGTERM'));
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

  test('whose event is lost ends all the same', async () => {
    const faults = openFaults(world.sagemaker.sagemakerUrl);
    await faults.add({ kind: 'lost-event', job: 'unheard', status: 'Completed' });
    expect(await train(client, trainingRequest('unheard', role, 'train'))).toMatchObject({
      TrainingJobStatus: 'Completed',
    });
    expect((await faults.list()).map(({ struck }) => struck)).toEqual([1]);
    await train(client, trainingRequest('heard', role, 'train'));
    await statesOf('heard', 5);
    const told = (await statesOf('unheard', 4)).map(({ TrainingJobStatus }) => TrainingJobStatus);
    expect(told).toEqual(Array(4).fill('InProgress'));
  });
});

test('a job whose host was lost comes back failed, and the event tells it', async () => {
  const settings = { ...testSettings, eventSource: 'relearn.sagemaker' };
  const stateFolder = join(cloud.stateFolder, 'lost');
  const before = await startSageMaker({ stateFolder, log: () => {}, settings });
  await before.attach(cloud);
  const lostClient = new SageMakerClient({ endpoint: before.sagemakerUrl, region, credentials: rootCredentials });
  await lostClient.send(new CreateTrainingJobCommand(trainingRequest('lost', role, 'sleep')));
  await reached(lostClient, 'lost', 'Training');
  await before.stop();

  const after = await startSageMaker({ stateFolder, log: () => {}, settings, port: before.port });
  await after.attach(cloud);

  expect(await describeJob(lostClient, 'lost')).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the training host was lost',
  });
  expect((await statesOf('lost', 4)).map(({ TrainingJobStatus }) => TrainingJobStatus)).toContain('Failed');
  await after.stop();
});
