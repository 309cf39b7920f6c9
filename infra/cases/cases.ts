import { Duration } from 'aws-cdk-lib';
import { Schedule as At } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { putEvents } from '../platform/event-bus.ts';
import { consumeQueue, followTable } from '../platform/event-sources.ts';
import type { SliceProps } from '../platform/platform.ts';
import { DeadLetters, WorkQueue } from '../platform/queues.ts';
import { Schedule } from '../platform/schedule.ts';
import { ServiceFunction } from '../platform/service-function.ts';

/** From the door, where cases are de-identified, to the ledger and the datasets cut from it. */
export class Cases extends Construct {
  readonly api: ServiceFunction<'cases/api'>;
  readonly snapshotDataset: ServiceFunction<'cases/snapshot-dataset'>;
  /** Cases that wait to be examined; one message group a model, so that its ledger is written in order. */
  readonly collectQueue: WorkQueue;
  readonly deadLetters: Readonly<Record<string, DeadLetters>>;

  constructor(scope: Construct, id: string, { platform }: SliceProps) {
    super(scope, id);
    const { service, table, buckets, keys } = platform;
    const encryptionKey = keys.data;
    this.collectQueue = new WorkQueue(this, 'CollectQueue', {
      encryptionKey,
      fifo: true,
      visibilityTimeout: Duration.minutes(3),
    });
    this.api = new ServiceFunction(this, 'Api', {
      service,
      entry: 'cases/api',
      environment: {
        TABLE_NAME: table.allow(
          'GetItem',
          'BatchGetItem',
          'BatchWriteItem',
          'Query',
          'QueryIndex',
          'PutItem',
          'UpdateItem',
          'DeleteItem',
        ),
        BUCKET_NAME: buckets.allow({
          read: ['ledger', 'datasets'],
          write: ['ledger', 'datasets'],
          upload: ['datasets'],
        }),
        HMAC_KEY_ID: keys.derive(),
        COLLECT_QUEUE_URL: this.collectQueue.send(),
      },
      // A whole processor: an export of a million cases takes half of the 30 s that an answer may take.
      memoryMegabytes: 1769,
    });
    const collectCases = new ServiceFunction(this, 'CollectCases', {
      service,
      entry: 'cases/collect-cases',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'),
        BUCKET_NAME: buckets.allow({ write: ['ledger'] }),
        HMAC_KEY_ID: keys.derive(),
        COLLECT_QUEUE_URL: this.collectQueue.retry(),
      },
    });
    consumeQueue(collectCases, this.collectQueue, { batchSize: 10 });
    const segmentDeadLetters = new DeadLetters(this, 'SegmentDeadLetters', { encryptionKey });
    const publishSegments = new ServiceFunction(this, 'PublishSegments', {
      service,
      entry: 'cases/publish-segments',
      environment: { DEAD_LETTER_QUEUE_URL: segmentDeadLetters.park() },
      permissions: [putEvents(this)],
    });
    followTable(publishSegments, table.table, { sortKeyPrefix: 'segment#', deadLetters: segmentDeadLetters });
    this.snapshotDataset = new ServiceFunction(this, 'SnapshotDataset', {
      service,
      entry: 'cases/snapshot-dataset',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem'),
        BUCKET_NAME: buckets.allow({ read: ['ledger'], write: ['ledger', 'datasets'] }),
      },
      // A first dataset packs the whole ledger; what is packed when its time is up need not be packed again.
      timeout: Duration.minutes(2),
      memoryMegabytes: 1024,
    });
    new Schedule(this, 'Nightly', {
      description: 'Sends cases that still wait to be examined again, every night',
      at: At.cron({ hour: '1', minute: '0' }),
      target: new ServiceFunction(this, 'CheckCollections', {
        service,
        entry: 'cases/check-collections',
        environment: {
          TABLE_NAME: table.allow('Query', 'QueryIndex'),
          COLLECT_QUEUE_URL: this.collectQueue.send(),
        },
        timeout: Duration.minutes(5),
        deadLetters: platform.undelivered,
      }),
      deadLetters: platform.undelivered,
      input: { check: 'nightly' },
    });
    this.deadLetters = { Collect: this.collectQueue.deadLetters, SegmentStream: segmentDeadLetters };
  }
}
