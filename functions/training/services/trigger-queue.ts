import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SegmentSealed } from '../../../contracts/events.ts';
import { openSqsClient } from '../../platform/sqs-client.ts';

/** The queue of the count trigger. */
export interface TriggerQueue {
  /** Lets the trigger count again, as if the segment had just been sealed. */
  countAgain(segment: SegmentSealed): Promise<void>;
}

export const openTriggerQueue = (url: string): TriggerQueue => {
  const client = openSqsClient();
  return {
    countAgain: async (detail) => {
      await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify({ detail }) }));
    },
  };
};
