import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SegmentSealed } from '../../../contracts/events.ts';
import { openSqsClient } from '../../platform/sqs-client.ts';

/** The queue of the count trigger. */
export interface TriggerQueue {
  /**
   * Lets the trigger count again, as if the segment had just been sealed.
   *
   * @param delaySeconds - before it does, 0 to 900: SQS waits no longer. Default: 0
   */
  countAgain(segment: SegmentSealed, delaySeconds?: number): Promise<void>;
}

export const openTriggerQueue = (url: string): TriggerQueue => {
  const client = openSqsClient();
  return {
    countAgain: async (detail, DelaySeconds = 0) => {
      const MessageBody = JSON.stringify({ detail });
      await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody, DelaySeconds }));
    },
  };
};
