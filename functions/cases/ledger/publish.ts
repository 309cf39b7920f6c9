import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import { eventSource, SegmentSealed, segmentSealed } from '../../../contracts/events.ts';
import { openSqsClient } from '../../platform/sqs-client.ts';
import { logger } from '../../platform/telemetry.ts';
import { untilProcessed } from '../../platform/until-processed.ts';
import { inPieces } from '../in-parallel.ts';

const eventsPerCall = 10;

/** Publishes the segments of a stream's records on the default bus; parks what cannot be published. */
export type PublishSegments = (records: readonly DynamoDBRecord[]) => Promise<void>;

const segmentOf = ({ dynamodb }: DynamoDBRecord): SegmentSealed | undefined => {
  const { tenant, model, sequence } = dynamodb?.NewImage ?? {};
  const parsed = SegmentSealed.safeParse({ tenant: tenant?.S, model: model?.S, sequence: Number(sequence?.N) });
  return parsed.success ? parsed.data : undefined;
};

/** What is parked: enough to find the record, nothing of its content. */
const traceOf = ({ eventID, dynamodb }: DynamoDBRecord): string =>
  JSON.stringify({ eventID, sequenceNumber: dynamodb?.SequenceNumber, keys: dynamodb?.Keys });

export const openPublishSegments = (
  deadLetterQueueUrl: string,
  events = new EventBridgeClient({}),
  queue = openSqsClient(),
): PublishSegments => {
  const park = async (record: DynamoDBRecord, reason: string): Promise<void> => {
    logger.error('segment parked', { reason, eventID: record.eventID });
    await queue.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody: traceOf(record) }));
  };

  const put = async (segments: readonly SegmentSealed[]): Promise<SegmentSealed[]> => {
    const Entries = segments.map((segment) => ({
      Source: eventSource,
      DetailType: segmentSealed,
      Detail: JSON.stringify(segment),
    }));
    const { Entries: results = [] } = await events.send(new PutEventsCommand({ Entries }));
    return segments.filter((_, index) => results[index]?.ErrorCode !== undefined);
  };

  /** @returns the records that could not be published, and why */
  const publish = async (segments: ReadonlyMap<SegmentSealed, DynamoDBRecord>) => {
    let left: readonly SegmentSealed[] = [...segments.keys()];
    try {
      await untilProcessed(left, async (waiting) => {
        left = await put(waiting);
        return left;
      });
      return { records: [], reason: '' };
    } catch (error) {
      return { records: left.flatMap((segment) => segments.get(segment) ?? []), reason: (error as Error).name };
    }
  };

  return async (records) => {
    for (const batch of inPieces(records, eventsPerCall)) {
      const segments = new Map<SegmentSealed, DynamoDBRecord>();
      for (const record of batch) {
        const segment = segmentOf(record);
        if (segment === undefined) await park(record, 'not a segment');
        else segments.set(segment, record);
      }
      const unpublished = await publish(segments);
      for (const record of unpublished.records) await park(record, unpublished.reason);
    }
  };
};
