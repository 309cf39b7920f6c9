import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledgements.ts';
import { type Binding, binding } from './binding.ts';

export interface DeadLettersProps {
  readonly encryptionKey: IKey;
  /** @default false */
  readonly fifo?: boolean;
}

/** Where what could not be handled waits for a person, for two weeks, the longest that SQS keeps a message. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { encryptionKey, fifo = false }: DeadLettersProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      ...(fifo ? { fifo } : {}),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this, {
      'AwsSolutions-SQS3': 'it is itself where the failures of a function or a queue end',
      'Serverless-SQSRedrivePolicy': 'it is itself where the failures of a function or a queue end',
    });
  }

  /** Lets a function park here what it cannot handle. */
  park(): Binding {
    return binding(this.queue.queueUrl, { actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] });
  }
}

export interface WorkQueueProps extends DeadLettersProps {
  /** Longer than the function that works on it may take; AWS advises six times as long. */
  readonly visibilityTimeout: Duration;
  /**
   * Where what fails five times ends.
   * @default a place of its own
   */
  readonly deadLetters?: DeadLetters;
}

/** A queue of work, with a place for what fails five times. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;

  constructor(
    scope: Construct,
    id: string,
    { encryptionKey, fifo = false, visibilityTimeout, deadLetters }: WorkQueueProps,
  ) {
    super(scope, id);
    this.deadLetters = deadLetters ?? new DeadLetters(this, 'DeadLetters', { encryptionKey, fifo });
    this.queue = new Queue(this, 'Queue', {
      // Work of one message group is done in order; content tells a message sent twice.
      ...(fifo ? { fifo, contentBasedDeduplication: true } : {}),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount: 5 },
    });
  }

  /** Lets a function have work that failed given again sooner. */
  retry(): Binding {
    return binding(this.queue.queueUrl, { actions: ['sqs:ChangeMessageVisibility'], resources: [this.queue.queueArn] });
  }

  /** Lets a function send work. */
  send(): Binding {
    return binding(this.queue.queueUrl, { actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] });
  }
}
