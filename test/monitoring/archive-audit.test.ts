import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { objectKeys } from '../../contracts/keys.ts';
import { AuditEntry } from '../../contracts/monitoring.ts';
import { openArchive } from '../../functions/monitoring/audit/archive-entries.ts';
import { hashEntry, openAuditTrail } from '../../functions/platform/audit.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { logger } from '../../functions/platform/telemetry.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

const bucket = 'relearn-audit';
let services: TestServices;
let archive: ReturnType<typeof openArchive>;
let entry: AuditEntry;

beforeAll(async () => {
  services = await startTestServices();
  logger.setLogLevel('SILENT');
  const client = new S3Client({ forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  archive = openArchive(openObjectStore(bucket), services.deadLetterQueueUrl);
  entry = await openAuditTrail(openTable(services.tableName), systemClock).append('acme', {
    action: 'rollout-ended',
    actor: 'rollouts:judge',
    model: 'diagnosis',
    reason: 'shown not to be worse',
    numbers: { pairs: 120, base: null, stage: 'canary' },
  });
}, 120_000);
afterAll(() => services.dispose());

const record = (image: object, eventID = 'event'): DynamoDBRecord =>
  ({
    eventID,
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: '1', Keys: marshall({ pk: 'tenant#acme#audit', sk: 'x' }), NewImage: marshall(image) },
  }) as DynamoDBRecord;

const archived = async (number: number): Promise<AuditEntry> => {
  const Key = objectKeys.audit('acme', number);
  const { Body } = await new S3Client({ forcePathStyle: true }).send(new GetObjectCommand({ Bucket: bucket, Key }));
  return AuditEntry.parse(JSON.parse((await Body?.transformToString()) ?? ''));
};

const parked = async (): Promise<string[]> => {
  const { Messages = [] } = await new SQSClient({}).send(
    new ReceiveMessageCommand({
      QueueUrl: services.deadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 0,
      VisibilityTimeout: 0,
    }),
  );
  return Messages.map(({ Body = '' }) => Body);
};

describe('the archive of the audit', () => {
  it('keeps each entry as the chain has it, also where it is told twice', async () => {
    const image = { tenant: 'acme', number: entry.number, entry };
    await archive([record(image), record(image)]);
    const kept = await archived(entry.number);
    expect(kept).toEqual(entry);
    const { hash, ...rest } = kept;
    expect(hashEntry(rest)).toBe(hash);
    expect(await parked()).toEqual([]);
  });

  it('parks what is no entry, and goes on with the others', async () => {
    const image = { tenant: 'acme', number: entry.number + 1, entry: { ...entry, number: entry.number + 1 } };
    await archive([record({ hello: 'world' }, 'poison'), record(image)]);
    expect((await archived(entry.number + 1)).number).toBe(entry.number + 1);
    expect((await parked()).map((body) => JSON.parse(body))).toMatchObject([{ eventID: 'poison', error: 'ZodError' }]);
  });

  it('never lets an archived entry be replaced', async () => {
    const forged = { ...entry, reason: 'nothing happened' };
    await archive([record({ tenant: 'acme', number: entry.number, entry: forged })]);
    expect((await archived(entry.number)).reason).toBe(entry.reason);
  });
});
