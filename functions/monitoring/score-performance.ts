import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { SegmentSealed } from '../../contracts/events.ts';
import { openLedger } from '../cases/index.ts';
import { openRouteReader, openServing } from '../inference/index.ts';
import { openModels } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openCaseLabelStore } from './labels/case-label-store.ts';
import { openPerformanceStore } from './performance/performance-store.ts';
import { takeInCases } from './take-in-cases.ts';

const config = readConfig('monitoring/score-performance');
const table = openTable(config.TABLE_NAME);
const objects = openObjectStore(config.BUCKET_NAME);
const dependencies = {
  models: openModels(table),
  routes: openRouteReader(table),
  ledger: openLedger(table, objects),
  serving: openServing({ objects }),
  performance: openPerformanceStore(table),
  labels: openCaseLabelStore(table),
  clock: systemClock,
};

/** The event as EventBridge puts it into a queue. */
const Message = z.object({ detail: SegmentSealed });

/** One message stands for all of its model: what is scored is what the ledger holds, not what the message says. */
const modelOf = ({ body, messageId }: SQSRecord): string => {
  try {
    const { tenant, model } = Message.parse(JSON.parse(body)).detail;
    return `${tenant}/${model}`;
  } catch (error) {
    logger.error('not an event of a segment', { messageId, error: error as Error });
    return '';
  }
};

/** New cases were accepted: how do the versions that serve do on them, and how long did these labels take? */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed: SQSRecord[] = [];
  for (const [owner, records] of Map.groupBy(Records, modelOf)) {
    const [tenant, model] = owner.split('/');
    try {
      const done = tenant && model ? await takeInCases(dependencies, tenant, model) : false;
      if (!done) failed.push(...records);
    } catch (error) {
      logger.error('not scored', { model, error: error as Error });
      failed.push(...records);
    }
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
