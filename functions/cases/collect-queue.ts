import { ChangeMessageVisibilityCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { CasesReceived } from '../../contracts/events.ts';
import { openSqsClient } from '../platform/sqs-client.ts';
import { untilProcessed } from '../platform/until-processed.ts';
import { inPieces } from './in-parallel.ts';

/** Cases of a message: what one transaction of DynamoDB can decide. */
const casesPerMessage = 25;
const messagesPerCall = 10;

/** Where received cases wait to be decided. */
export interface CollectQueue {
  /**
   * Queues cases of one model, in order, 25 a message.
   *
   * @param occasion - tells this sending of a case from every other: the queue drops what it was sent within five minutes
   */
  send(tenant: string, model: string, cases: readonly string[], occasion: string): Promise<void>;
  /**
   * Has a message that failed given again soon. While it waits, the others of its model wait behind it, and the queue
   * by itself would wait as long as a function may take, six times over.
   *
   * @param receives - how often it was given so far: the pause doubles with each, from 5 s
   */
  retrySoon(receiptHandle: string, receives: number): Promise<void>;
}

const firstPauseSeconds = 5;
const longestPauseSeconds = 300;

/** Opens the queue with the function's own role. */
export const openCollectQueue = (url: string): CollectQueue => {
  const client = openSqsClient();
  return {
    retrySoon: async (receiptHandle, receives) => {
      const VisibilityTimeout = Math.min(longestPauseSeconds, firstPauseSeconds * 2 ** (receives - 1));
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout }),
      );
    },
    send: async (tenant, model, cases, occasion) => {
      const messages = inPieces(cases, casesPerMessage).map((ids, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify({ tenant, model, cases: ids } satisfies CasesReceived),
        MessageGroupId: `${tenant}#${model}`,
        MessageDeduplicationId: `${ids[0]}-${occasion}`,
      }));
      for (const batch of inPieces(messages, messagesPerCall)) {
        await untilProcessed(batch, async (left) => {
          const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [...left] }));
          const failed = new Set(Failed.map(({ Id }) => Id));
          return left.filter(({ Id }) => failed.has(Id));
        });
      }
    },
  };
};
