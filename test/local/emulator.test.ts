import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient, PutSubscriptionFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { account, clientOptions, type EmulatorAddress, region, s3ClientOptions } from '../../local/aws-clients.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../local/emulator.ts';
import { EmulatorFailedError, PortTakenError, StateInUseError } from '../../local/errors.ts';
import { prepareCertificates } from '../../local/set-up/certificates.ts';
import { preparePython } from '../../local/set-up/python-environment.ts';
import { eventually } from './support/eventually.ts';
import { createFunction, createRole, invoke } from './support/functions.ts';
import { groupIsAlive } from './support/processes.ts';

const log = () => {};
let stateFolder: string;
let running: Emulator[];

const start = async (options: Partial<EmulatorOptions> = {}) => {
  const emulator = await startEmulator({ stateFolder, log, ...options });
  running.push(emulator);
  return emulator;
};

/** Kills the launcher alone, the way the system does when memory runs out. */
const kill = async (emulator: Emulator) => {
  process.kill(emulator.processId, 'SIGKILL');
  await emulator.ended;
};

const table = 'cases';
const createTable = (address: EmulatorAddress) =>
  new DynamoDBClient(clientOptions(address)).send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
const putItems = (address: EmulatorAddress, ids: readonly string[]) =>
  new DynamoDBClient(clientOptions(address)).send(
    new BatchWriteItemCommand({
      RequestItems: { [table]: ids.map((id) => ({ PutRequest: { Item: { id: { S: id } } } })) },
    }),
  );
const items = async (address: EmulatorAddress) => {
  const { Items = [] } = await new DynamoDBClient(clientOptions(address)).send(new ScanCommand({ TableName: table }));
  return Items.map(({ id }) => id?.S).sort();
};

beforeAll(async () => {
  await preparePython({ log });
  await prepareCertificates();
});

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'relearn-state-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((emulator) => emulator.stop()));
  await rm(stateFolder, { recursive: true, force: true });
});

describe('the state of the emulator', () => {
  test('is all back after a stop and a start', async () => {
    const first = await start();
    await createTable(first);
    await putItems(first, ['case_1', 'case_2']);
    const s3 = new S3Client(s3ClientOptions(first));
    await s3.send(new CreateBucketCommand({ Bucket: 'ledger' }));
    await s3.send(new PutObjectCommand({ Bucket: 'ledger', Key: 'segment', Body: 'sealed', Metadata: { cases: '2' } }));
    const sqs = new SQSClient(clientOptions(first));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'collect' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'received' }));
    await first.stop();

    const second = await start({ port: first.port, tlsPort: first.tlsPort });

    expect(await items(second)).toEqual(['case_1', 'case_2']);
    const object = await new S3Client(s3ClientOptions(second)).send(
      new GetObjectCommand({ Bucket: 'ledger', Key: 'segment' }),
    );
    expect(await object.Body?.transformToString()).toBe('sealed');
    expect(object.Metadata).toEqual({ cases: '2' });
    const { Attributes } = await new SQSClient(clientOptions(second)).send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  });

  test('has what subscribers made of the last log lines before a stop', async () => {
    const first = await start();
    const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.ts`);
    await new S3Client(s3ClientOptions(first)).send(new CreateBucketCommand({ Bucket: 'probe-data' }));
    const mayWrite = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::probe-data/*' } as const;
    const role = await createRole(first, 'writer', 'lambda.amazonaws.com', [mayWrite]);
    await createFunction(first, 'probe', role, fixture('probe-function'));
    await createFunction(first, 'subscriber', role, fixture('log-subscriber'));
    // The first call makes the log group.
    await invoke(first, 'probe', { do: 'say', lines: ['not heard'] });
    await new CloudWatchLogsClient(clientOptions(first)).send(
      new PutSubscriptionFilterCommand({
        logGroupName: '/aws/lambda/probe',
        filterName: 'all',
        filterPattern: '"call"',
        destinationArn: `arn:aws:lambda:${region}:${account}:function:subscriber`,
      }),
    );
    await invoke(first, 'probe', { do: 'say', lines: ['{"call":1}'] });
    await first.stop();

    const s3 = new S3Client(s3ClientOptions(await start()));
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'probe-data' }));
    const heard = await Promise.all(
      Contents.map(async ({ Key }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'probe-data', Key }));
        const { logEvents } = JSON.parse((await Body?.transformToString()) ?? '');
        return logEvents.map(({ message }: { message: string }) => message);
      }),
    );
    expect(heard).toEqual([['{"call":1}']]);
  });

  test('follows the emulator to another port, queue URLs included', async () => {
    const first = await start();
    const sqs = new SQSClient(clientOptions(first));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'collect' }));
    const role = await createRole(first, 'nobody', 'lambda.amazonaws.com', []);
    const probe = join(import.meta.dirname, 'fixtures', 'probe-function.ts');
    await createFunction(first, 'probe', role, probe, { QUEUE_URL: QueueUrl });
    await first.stop();

    const second = await start();

    expect(second.port).not.toBe(first.port);
    const url = QueueUrl.replace(String(first.port), String(second.port));
    const { payload } = await invoke(second, 'probe', { do: 'environment' });
    expect(payload.QUEUE_URL).toBe(url);
    const listed = await new SQSClient(clientOptions(second)).send(new ListQueuesCommand({}));
    expect(listed.QueueUrls).toEqual([url]);
  });

  test('of work that must be whole is not kept when that is interrupted', async () => {
    const first = await start({ saveSeconds: 0.1 });
    await createTable(first);
    await first.wholly(() => putItems(first, ['whole']));
    const interrupted = first.wholly(async () => {
      await putItems(first, ['half']);
      await delay(500);
      await first.stop();
      throw new Error('interrupted');
    });
    await expect(interrupted).rejects.toThrow('interrupted');

    expect(await items(await start())).toEqual(['whole']);
  });

  test('survives a kill as of the last snapshot, which is taken regularly', async () => {
    const first = await start({ saveSeconds: 0.2 });
    await createTable(first);
    await putItems(first, ['case_1']);
    await delay(800);
    await kill(first);

    expect(await items(await start())).toEqual(['case_1']);
  });

  test('agrees with itself after a kill: objects are set back with the tables', async () => {
    const first = await start();
    await createTable(first);
    const s3 = new S3Client(s3ClientOptions(first));
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'ledger', Key, Body }));
    await s3.send(new CreateBucketCommand({ Bucket: 'ledger' }));
    await put('kept', 'first');
    await put('deleted-later', 'first');
    await putItems(first, ['case_1']);
    await first.save();
    await put('kept', 'second');
    await put('added-later', 'second');
    await s3.send(new DeleteObjectCommand({ Bucket: 'ledger', Key: 'deleted-later' }));
    await putItems(first, ['case_2']);
    await kill(first);

    const second = await start();

    expect(await items(second)).toEqual(['case_1']);
    const after = new S3Client(s3ClientOptions(second));
    const { Contents = [] } = await after.send(new ListObjectsV2Command({ Bucket: 'ledger' }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['deleted-later', 'kept']);
    const { Body } = await after.send(new GetObjectCommand({ Bucket: 'ledger', Key: 'kept' }));
    expect(await Body?.transformToString()).toBe('first');
  });

  test('is whole after a kill in the middle of a save', async () => {
    const first = await start();
    await createTable(first);
    const before = Array.from({ length: 25 }, (_, index) => `case_${String(index).padStart(2, '0')}`);
    await putItems(first, before);
    await first.save();
    await first.stop();

    for (const milliseconds of [0, 5, 15]) {
      const emulator = await start();
      await putItems(emulator, ['later']);
      const saving = emulator.save().catch(() => {});
      await delay(milliseconds);
      await kill(emulator);
      await saving;
      const after = await start();
      expect(await items(after)).toEqual(expect.arrayContaining(before));
      await after.stop();
    }
    const folders = await readdir(join(stateFolder, 'emulator', 'snapshots'));
    expect(folders).toEqual([expect.stringMatching(/^\d+$/)]);
  });

  test('is saved, and no process is left, training programs included, when the process that started it is killed', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'cloud-owner.ts'), stateFolder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: owner.stdout }), 'line');
    const { processId } = JSON.parse(line) as { processId: number };
    const noted = join(stateFolder, 'sagemaker', 'trees', 'endless', 'process');
    const training = Number(await eventually(() => readFile(noted, 'utf8').catch(() => undefined)));
    expect([processId, training].map(groupIsAlive)).toEqual([true, true]);

    owner.kill('SIGKILL');

    await eventually(async () => !groupIsAlive(processId) && !groupIsAlive(training));
    const next = await start();
    const found = new LambdaClient(clientOptions(next)).send(new GetFunctionCommand({ FunctionName: 'probe' }));
    await expect(found).resolves.toMatchObject({ Configuration: { FunctionName: 'probe' } });
  });

  test("cannot be wiped through the emulator's unprotected reset", async () => {
    const emulator = await start();
    await createTable(emulator);
    const answer = await fetch(`${emulator.emulatorUrl}/_ministack/reset`, { method: 'POST' });
    expect(answer.status).toBe(403);
    expect(await items(emulator)).toEqual([]);
  });
});

describe('starting the emulator', () => {
  test('on a taken port names the port and the option', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const starting = start({ port });
    await expect(starting).rejects.toThrow(PortTakenError);
    await expect(starting).rejects.toThrow(`port ${port} is taken by another program: choose a free one with --port`);
    other.close();
  });

  test('on a state folder in use names the process that has it, and leaves that alone', async () => {
    const first = await start();
    const role = await createRole(first, 'nobody', 'lambda.amazonaws.com', []);
    await createFunction(first, 'probe', role, join(import.meta.dirname, 'fixtures', 'probe-function.ts'));
    const { payload } = await invoke(first, 'probe', { do: 'environment' });

    const starting = start();

    await expect(starting).rejects.toThrow(StateInUseError);
    await expect(starting).rejects.toThrow(`process ${first.processId}`);
    expect(existsSync(join(payload.LAMBDA_TASK_ROOT, 'index.mjs'))).toBe(true);
  });

  test('tells the end of the log where it fails', async () => {
    await mkdir(join(stateFolder, 'emulator'));
    await writeFile(join(stateFolder, 'emulator', 'snapshots'), 'a file where a folder belongs');
    const starting = start();
    await expect(starting).rejects.toThrow(EmulatorFailedError);
    await expect(starting).rejects.toThrow(/The last lines of .*emulator\.log:\n[\s\S]*FileExistsError/);
  });
});

test('a stop leaves no process behind, and none is named as the owner of the state', async () => {
  const emulator = await start();
  const owner = () => readFile(join(stateFolder, 'emulator', 'lock'), 'utf8');
  expect(await owner()).toBe(String(emulator.processId));
  await emulator.stop();
  expect(groupIsAlive(emulator.processId)).toBe(false);
  expect(await owner()).toBe('');
});
