import { EndJobInput } from '../../contracts/workflows.ts';
import { openCaseCounts } from '../cases/index.ts';
import { openVersions } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { finishJob } from './operations/finish-job.ts';
import { openTriggerQueue } from './services/trigger-queue.ts';
import { openTrainingStore } from './store/training-store.ts';

const config = readConfig('training/end-job');
const table = openTable(config.TABLE_NAME);
const dependencies = {
  store: openTrainingStore(table, systemClock),
  counts: openCaseCounts(table),
  versions: openVersions(table),
  triggers: openTriggerQueue(config.TRIGGER_QUEUE_URL),
  clock: systemClock,
};

/** Last task of the retrain machine, on every path. */
export const handler = async (event: unknown): Promise<void> => {
  const input = EndJobInput.parse(event);
  const { id, status, version } = await finishJob(dependencies, input);
  logger.info('ended', { job: id, status, version });
};
