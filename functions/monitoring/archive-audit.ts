import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openArchive } from './audit/archive-entries.ts';

const config = readConfig('monitoring/archive-audit');
const archive = openArchive(openObjectStore(config.AUDIT_BUCKET_NAME), config.DEAD_LETTER_QUEUE_URL);

/**
 * Copies each new entry of the audit to the bucket where nothing can be changed. The event source mapping passes
 * inserted audit entries alone. A record that fails is parked: given back, it would hold up its stream.
 *
 * @throws only where a record could not even be parked; then the batch comes again
 */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  await archive(Records);
  return { batchItemFailures: [] };
};
