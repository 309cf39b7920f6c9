import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { CasesReceived } from '../../contracts/events.ts';
import { openModels } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openKeyRing } from '../platform/key-ring.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openCollectQueue } from './collect-queue.ts';
import { openCommitCases } from './ledger/commit-cases.ts';
import { openCaseStore } from './store/cases.ts';
import { openCommit } from './store/commit.ts';
import { openLedgerStore } from './store/ledger.ts';

const config = readConfig('cases/collect-cases');
const table = openTable(config.TABLE_NAME);
const queue = openCollectQueue(config.COLLECT_QUEUE_URL);
const commitCases = openCommitCases({
  models: openModels(table),
  cases: openCaseStore(table),
  ledger: openLedgerStore(table),
  commit: openCommit(table),
  objects: openObjectStore(config.BUCKET_NAME),
  keyRing: openKeyRing(config.HMAC_KEY_ID),
  clock: systemClock,
});

const collect = async (body: string): Promise<void> => {
  const { tenant, model, cases } = CasesReceived.parse(JSON.parse(body));
  const { missing, ...outcome } = await commitCases(tenant, model, cases);
  logger.info('collected', { tenant, model, ...outcome });
  if (missing.length > 0) {
    throw new Error(`Expected every case of the message to be stored; missing: ${missing.join(', ')}.`);
  }
};

/** A pause that cannot be shortened is only longer. */
const retrySoon = async ({ messageId, receiptHandle, attributes }: SQSRecord): Promise<void> => {
  try {
    await queue.retrySoon(receiptHandle, Number(attributes.ApproximateReceiveCount));
  } catch (error) {
    logger.warn('the pause of a failed message stays long', { error: error as Error, messageId });
  }
};

/**
 * Decides the cases of each message, one after the other. A message that fails is given again and at last parked; the
 * order of messages means nothing, so it holds up no other of its batch.
 */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of event.Records) {
    const { messageId, body } = record;
    try {
      await collect(body);
    } catch (error) {
      logger.error('message failed', { error: error as Error, messageId });
      batchItemFailures.push({ itemIdentifier: messageId });
      await retrySoon(record);
    }
  }
  return { batchItemFailures };
};
