import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { acknowledge } from './acknowledgements.ts';
import type { DeadLetters, WorkQueue } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

export interface QueueSource {
  readonly batchSize: number;
  /**
   * How long to wait for more messages.
   * @default not at all
   */
  readonly window?: Duration;
}

/** Gives the messages of a queue to a function, which says of each whether it was handled. */
export const consumeQueue = (consumer: ServiceFunction, { queue }: WorkQueue, { batchSize, window }: QueueSource) => {
  consumer.function.addToRolePolicy(
    new PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    }),
  );
  const mapping = consumer.function.addEventSourceMapping('Queue', {
    eventSourceArn: queue.queueArn,
    batchSize,
    ...(window === undefined ? {} : { maxBatchingWindow: window }),
    reportBatchItemFailures: true,
  });
  acknowledge(mapping, {
    'Serverless-LambdaEventSourceMappingDestination':
      'the queue itself moves what fails five times to its dead letters',
  });
};

/** Which sort keys of inserted items a function wants to see; prefixes of `sk`. */
export interface StreamSource {
  readonly sortKeyPrefix: string;
  readonly deadLetters: DeadLetters;
}

/**
 * Gives the items that the table gained, by their sort key, to a function. The function parks by itself what it
 * cannot handle; the limits here are for the case that it does not come to that.
 */
export const followTable = (consumer: ServiceFunction, table: Table, { sortKeyPrefix, deadLetters }: StreamSource) => {
  const stream = table.tableStreamArn;
  if (stream === undefined) throw new Error('Expected a table with a stream');
  consumer.function.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [stream],
    }),
  );
  consumer.function.addEventSourceMapping('Stream', {
    eventSourceArn: stream,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    bisectBatchOnError: true,
    retryAttempts: 10,
    maxRecordAge: Duration.hours(12),
    reportBatchItemFailures: true,
    // Permission to send there is the function's by its variable.
    onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
    filters: [
      {
        pattern: JSON.stringify({
          eventName: ['INSERT'],
          dynamodb: { Keys: { sk: { S: [{ prefix: sortKeyPrefix }] } } },
        }),
      },
    ],
  });
};

/**
 * Gives every line of a function's log to another function, which filters for itself: the embedded cloud delivers
 * nothing to a pattern.
 */
export const followLog = (consumer: ServiceFunction, { logGroup }: ServiceFunction): void => {
  new SubscriptionFilter(consumer, 'Log', {
    logGroup,
    destination: new LambdaDestination(consumer.function),
    filterPattern: FilterPattern.allEvents(),
  });
};
