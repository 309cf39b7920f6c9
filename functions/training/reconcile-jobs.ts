import { openCaseCounts } from '../cases/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { reconcileJob } from './operations/reconcile-job.ts';
import { openRetrainMachine } from './services/machine.ts';
import { openTaskTokens } from './services/task-tokens.ts';
import { openTrainingService } from './services/training-service.ts';
import { openTrainingStore } from './store/training-store.ts';

const config = readConfig('training/reconcile-jobs');
const table = openTable(config.TABLE_NAME);
const store = openTrainingStore(table, systemClock);
const dependencies = {
  store,
  counts: openCaseCounts(table),
  machine: openRetrainMachine(config.RETRAIN_MACHINE_ARN),
  service: openTrainingService(),
  tokens: openTaskTokens(),
  clock: systemClock,
};

/** Every minute: no job that has not ended stays without a machine, and no machine without the word that it waits for. */
export const handler = async (): Promise<void> => {
  const failed: string[] = [];
  for await (const key of store.running()) {
    try {
      const done = await reconcileJob(dependencies, key);
      if (done !== 'none') logger.warn('reconciled', { ...key, done });
    } catch (error) {
      logger.error('reconciliation failed', { error: error as Error, ...key });
      failed.push(key.job);
    }
  }
  if (failed.length > 0) throw new Error(`Expected to look after every job; these failed: ${failed.join(', ')}.`);
};
