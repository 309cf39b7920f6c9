import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Inference } from '../inference/inference.ts';
import { putEvents } from '../platform/event-bus.ts';
import { consumeQueue, followLog, followTable } from '../platform/event-sources.ts';
import type { SliceProps } from '../platform/platform.ts';
import { DeadLetters, WorkQueue } from '../platform/queues.ts';
import { SegmentQueue } from '../platform/segment-queue.ts';
import { ServiceFunction } from '../platform/service-function.ts';

export interface MonitoringProps extends SliceProps {
  readonly inference: Pick<Inference, 'predict'>;
}

/** How versions do on validated cases, how many predictions there are, the archive of the audit, and the API's own page. */
export class Monitoring extends Construct {
  readonly api: ServiceFunction<'monitoring/api'>;
  readonly docs: ServiceFunction<'monitoring/docs'>;
  readonly segments: SegmentQueue;
  readonly evaluations: WorkQueue;
  readonly auditDeadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { platform, inference }: MonitoringProps) {
    super(scope, id);
    const { service, table, buckets, keys, undelivered } = platform;
    this.evaluations = new WorkQueue(this, 'Evaluations', {
      encryptionKey: keys.data,
      visibilityTimeout: Duration.minutes(12),
      deadLetters: undelivered,
    });
    this.api = new ServiceFunction(this, 'Api', {
      service,
      entry: 'monitoring/api',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'QueryIndex', 'PutItem', 'UpdateItem', 'DeleteItem'),
        BUCKET_NAME: buckets.allow({ read: ['ledger', 'datasets'] }),
        EVALUATION_QUEUE_URL: this.evaluations.send(),
      },
      // A whole processor: when a verdict is expected is simulated, and a dataset is profiled.
      memoryMegabytes: 1769,
    });
    this.docs = new ServiceFunction(this, 'Docs', { service, entry: 'monitoring/docs', environment: {} });
    this.segments = new SegmentQueue(this, 'Segments', {
      encryptionKey: keys.data,
      listener: 'the performance of the versions that serve',
      visibilityTimeout: Duration.minutes(12),
    });
    const scorePerformance = new ServiceFunction(this, 'ScorePerformance', {
      service,
      entry: 'monitoring/score-performance',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
        BUCKET_NAME: buckets.allow({ read: ['ledger', 'artifacts'] }),
      },
      memoryMegabytes: 1769,
      timeout: Duration.minutes(2),
    });
    consumeQueue(scorePerformance, this.segments, { batchSize: 10 });
    const evaluate = new ServiceFunction(this, 'Evaluate', {
      service,
      entry: 'monitoring/evaluate',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem'),
        BUCKET_NAME: buckets.allow({ read: ['ledger', 'datasets', 'artifacts'] }),
      },
      memoryMegabytes: 3538,
      timeout: Duration.minutes(2),
    });
    consumeQueue(evaluate, this.evaluations, { batchSize: 1 });
    const countPredictions = new ServiceFunction(this, 'CountPredictions', {
      service,
      entry: 'monitoring/count-predictions',
      environment: { TABLE_NAME: table.allow('GetItem', 'PutItem', 'UpdateItem') },
      deadLetters: undelivered,
    });
    followLog(countPredictions, inference.predict);
    this.auditDeadLetters = new DeadLetters(this, 'AuditDeadLetters', { encryptionKey: keys.data });
    const archiveAudit = new ServiceFunction(this, 'ArchiveAudit', {
      service,
      entry: 'monitoring/archive-audit',
      environment: { AUDIT_BUCKET_NAME: buckets.archive(), DEAD_LETTER_QUEUE_URL: this.auditDeadLetters.park() },
      permissions: [putEvents(this)],
    });
    followTable(archiveAudit, table.table, { sortKeyPrefix: 'entry#', deadLetters: this.auditDeadLetters });
  }
}
