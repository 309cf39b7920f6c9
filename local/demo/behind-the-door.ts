import { gunzipSync } from 'node:zlib';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListBucketsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { paginateListQueues, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions, s3ClientOptions } from '../aws-clients.ts';
import { identifiersIn, identifiersOf, type Person } from './people.ts';

interface Emulator {
  readonly emulatorUrl: string;
  readonly emulatorTlsUrl: string;
  readonly caFile: string;
}

/** A place where something is kept, and what is kept there, as text. */
interface Kept {
  readonly place: string;
  readonly text: string;
}

async function* keptInTables(emulator: Emulator): AsyncGenerator<Kept> {
  const client = new DynamoDBClient(clientOptions(emulator));
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const table of TableNames) {
      for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
        for (const item of Items)
          yield { place: `table ${table} ${item.pk?.S} ${item.sk?.S}`, text: JSON.stringify(item) };
      }
    }
  }
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function* keptInObjects(emulator: Emulator): AsyncGenerator<Kept> {
  const client = new S3Client(s3ClientOptions(emulator));
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  for (const { Name: bucket } of Buckets) {
    if (bucket === undefined || bucket.startsWith('cdk-')) continue;
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      for (const { Key } of Contents) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        const content = isGzip(bytes) ? gunzipSync(bytes) : Buffer.from(bytes);
        yield { place: `object ${bucket}/${Key}`, text: `${Key}\n${content.toString('latin1')}` };
      }
    }
  }
}

async function* keptInLogs(emulator: Emulator): AsyncGenerator<Kept> {
  const client = new CloudWatchLogsClient(clientOptions(emulator));
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups) {
      if (logGroupName === undefined) continue;
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        for (const { message = '' } of events) yield { place: `log ${logGroupName}`, text: message };
      }
    }
  }
}

const messagesAtOnce = 10;

async function* keptInQueues(emulator: Emulator): AsyncGenerator<Kept> {
  // Queues refuse what does not come over TLS.
  const client = new SQSClient({ ...s3ClientOptions(emulator), useQueueUrlAsEndpoint: false });
  for await (const { QueueUrls = [] } of paginateListQueues({ client }, {})) {
    for (const url of QueueUrls) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: messagesAtOnce, VisibilityTimeout: 0 }),
      );
      for (const { Body = '' } of Messages) yield { place: `queue ${url}`, text: Body };
    }
  }
}

/**
 * Looks for every identifier in everything that the embedded cloud keeps: tables, objects, logs, queues.
 * It asks the emulator as its root, because no role of the product may see all of it.
 *
 * @returns each identifier that was found, and where
 */
export const findIdentifiers = async (
  emulator: Emulator,
  people: readonly Person[],
): Promise<{ found: { identifier: string; place: string }[]; searched: number }> => {
  const identifiers = identifiersOf(people);
  const found: { identifier: string; place: string }[] = [];
  let searched = 0;
  for (const source of [keptInTables, keptInObjects, keptInLogs, keptInQueues]) {
    for await (const { place, text } of source(emulator)) {
      searched += 1;
      found.push(...identifiersIn(text, identifiers).map((identifier) => ({ identifier, place })));
    }
  }
  return { found, searched };
};
