import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { AuditRecorded, auditSource } from '../../../contracts/events.ts';
import { TenantName } from '../../../contracts/identifiers.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import { AuditEntry } from '../../../contracts/monitoring.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { openSqsClient } from '../../platform/sqs-client.ts';
import { logger } from '../../platform/telemetry.ts';

/** What the table holds of an entry. */
const Item = z.object({ tenant: TenantName, number: z.int().min(1), entry: AuditEntry });

/** Archives the entries of a stream's records and publishes them on the default bus; parks what cannot be. */
export type Archive = (records: readonly DynamoDBRecord[]) => Promise<void>;

export const openArchive = (
  objects: Pick<ObjectStore, 'writeOnce'>,
  deadLetterQueueUrl: string,
  events = new EventBridgeClient({}),
): Archive => {
  const queue = openSqsClient();

  const publish = async (tenant: string, { previous: _, hash: __, ...entry }: AuditEntry): Promise<void> => {
    const detail = AuditRecorded.parse({ ...entry, tenant });
    const event = { Source: auditSource, DetailType: entry.action, Detail: JSON.stringify(detail) };
    const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [event] }));
    const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused !== undefined) throw new Error(`The bus took no entry of the audit: ${refused.ErrorCode}. Redrive it.`);
  };

  const archive = async ({ dynamodb }: DynamoDBRecord): Promise<void> => {
    const { tenant, number, entry } = Item.parse(
      unmarshall((dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>),
    );
    await objects.writeOnce(objectKeys.audit(tenant, number), canonicalJson(entry), 'application/json');
    await publish(tenant, entry);
  };
  /** What is parked is enough to find the entry, which stays in the table. */
  const park = async ({ eventID, dynamodb }: DynamoDBRecord, error: Error): Promise<void> => {
    logger.error('entry parked', { eventID, error });
    const trace = { eventID, sequenceNumber: dynamodb?.SequenceNumber, keys: dynamodb?.Keys, error: error.name };
    await queue.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody: JSON.stringify(trace) }));
  };

  return async (records) => {
    for (const record of records) {
      try {
        await archive(record);
      } catch (error) {
        await park(record, error as Error);
      }
    }
  };
};
