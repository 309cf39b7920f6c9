import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { eventSource, segmentSealed } from '../../contracts/events.ts';
import { WorkQueue } from './queues.ts';

export interface SegmentQueueProps {
  readonly encryptionKey: IKey;
  /** Who listens, in the rule's description. */
  readonly listener: string;
  readonly visibilityTimeout: Duration;
}

/** A queue that gets an event for each ledger segment that is sealed: new accepted cases. */
export class SegmentQueue extends WorkQueue {
  constructor(scope: Construct, id: string, { encryptionKey, listener, visibilityTimeout }: SegmentQueueProps) {
    super(scope, id, { encryptionKey, visibilityTimeout });
    new Rule(this, 'Rule', {
      description: `Sealed ledger segments, to ${listener}`,
      eventPattern: { source: [eventSource], detailType: [segmentSealed] },
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters.queue, maxEventAge: Duration.hours(24) })],
    });
  }
}
