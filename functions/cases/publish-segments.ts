import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readConfig } from '../platform/config.ts';
import { openPublishSegments } from './ledger/publish.ts';

const config = readConfig('cases/publish-segments');
const publish = openPublishSegments(config.DEAD_LETTER_QUEUE_URL);

/**
 * Tells of new segments. The event source mapping passes inserted segment items alone. It never gives a record back:
 * what cannot be published is parked, because a record that fails again and again would hold up its stream.
 *
 * @throws only where a record could not even be parked; then the batch comes again
 */
export const handler = async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  await publish(event.Records);
  return { batchItemFailures: [] };
};
