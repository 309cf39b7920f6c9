import { gunzipSync } from 'node:zlib';
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from 'aws-lambda';
import { openCountBatch } from '../inference/index.ts';
import { sha256 } from '../platform/canonical-json.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { tallyPredictions } from './domain/prediction-lines.ts';

const config = readConfig('monitoring/count-predictions');
const countBatch = openCountBatch(openTable(config.TABLE_NAME));

const decode = ({ awslogs }: CloudWatchLogsEvent): CloudWatchLogsDecodedData =>
  JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());

/**
 * Counts predictions from the lines that the predict function prints, so that nothing is written while one is made. The
 * subscription passes every line, and a batch may come twice: it is known by the ids of its lines.
 */
export const handler = async (event: CloudWatchLogsEvent): Promise<void> => {
  const { logEvents } = decode(event);
  const batch = sha256(logEvents.map(({ id }) => id).join('\n'));
  for (const counts of tallyPredictions(logEvents.map(({ message }) => message))) {
    await countBatch(batch, counts, systemClock.now());
  }
};
