import { gzipSync } from 'node:zlib';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOptions, s3ClientOptions } from '../../local/aws-clients.ts';
import { findIdentifiers } from '../../local/demo/behind-the-door.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

const person = {
  name: 'Lorpol Mezquarin',
  recordNumber: 'MRN-123456-000001',
  birthDate: '1961-04-17',
  postcode: '02139-4307',
};
const { name, recordNumber, birthDate, postcode } = person;
let emulator: TestEmulator;

const leaveInTable = async (): Promise<void> => {
  const client = new DynamoDBClient(clientOptions(emulator));
  const keys = ['pk', 'sk'];
  await client.send(
    new CreateTableCommand({
      TableName: 'cases',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  const Item = { pk: { S: 'tenant#acme' }, sk: { S: 'case' }, body: { M: { who: { S: `about ${name}` } } } };
  await client.send(new PutItemCommand({ TableName: 'cases', Item }));
};

const leaveInObject = async (): Promise<void> => {
  const client = new S3Client(s3ClientOptions(emulator));
  await client.send(new CreateBucketCommand({ Bucket: 'ledger' }));
  const Body = gzipSync(JSON.stringify({ recordNumber }));
  await client.send(new PutObjectCommand({ Bucket: 'ledger', Key: 'segment.jsonl.gz', Body }));
};

const leaveInLog = async (): Promise<void> => {
  const client = new CloudWatchLogsClient(clientOptions(emulator));
  const of = { logGroupName: '/aws/lambda/collect', logStreamName: 'one' };
  await client.send(new CreateLogGroupCommand({ logGroupName: of.logGroupName }));
  await client.send(new CreateLogStreamCommand(of));
  await client.send(
    new PutLogEventsCommand({ ...of, logEvents: [{ timestamp: Date.now(), message: `born ${birthDate}` }] }),
  );
};

const leaveInQueue = async (): Promise<void> => {
  const client = new SQSClient(clientOptions(emulator));
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'collect' }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: `{"postcode":"${postcode}"}` }));
};

beforeAll(async () => {
  emulator = await startTestEmulator();
}, 120_000);

afterAll(() => emulator.dispose());

describe('the search behind the door', () => {
  it('finds nothing where nothing was left', async () => {
    expect((await findIdentifiers(emulator, [person])).found).toEqual([]);
  });

  it('finds what was left in a table, a compressed object, a log and a queue', async () => {
    await Promise.all([leaveInTable(), leaveInObject(), leaveInLog(), leaveInQueue()]);
    const { found } = await findIdentifiers(emulator, [person]);
    expect(found.map(({ identifier, place }) => [place.split(' ')[0], identifier]).sort()).toEqual([
      ['log', birthDate],
      ['object', recordNumber],
      ['queue', postcode],
      ['table', name],
    ]);
  }, 60_000);
});
