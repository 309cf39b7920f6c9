import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  ListTrainingJobsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { account, clientOptions, region } from '../../local/aws-clients.ts';
import { python } from '../../local/paths.ts';
import { createRole } from './support/functions.ts';
import { ended, train, trainingRequest } from './support/training.ts';
import { bucket, startTrainingWorld, type TrainingWorld } from './support/training-world.ts';

let world: TrainingWorld;
let cloud: TrainingWorld['cloud'];
let sagemaker: TrainingWorld['sagemaker'];
let client: SageMakerClient;
let role: string;

beforeAll(async () => {
  world = await startTrainingWorld();
  ({ cloud, sagemaker, client, role } = world);
});

afterAll(async () => {
  await world?.dispose();
});

describe('the role of a job', () => {
  const fromPrefix = (key: string): CreateTrainingJobRequest['InputDataConfig'] => [
    { ChannelName: 'data', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${key}` } } },
  ];

  test('that may not read the data fails the job', async () => {
    await world.put('secret/a', 'a');
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
