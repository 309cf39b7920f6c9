import { openModels } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openRequeue } from './requeue.ts';

const config = readConfig('cases/check-collections');
const table = openTable(config.TABLE_NAME);
const models = openModels(table);
const requeue = openRequeue(table, config.COLLECT_QUEUE_URL, systemClock);

/** After which a received case is taken for one whose message was lost. */
const patienceSeconds = 600;

/** Every night: received cases of every model that still wait are queued again. One model's failure stops no other. */
export const handler = async (): Promise<void> => {
  const failed: string[] = [];
  for await (const { tenant, model } of models.directory()) {
    try {
      const requeued = await requeue(tenant, model, patienceSeconds);
      if (requeued > 0) logger.warn('requeued', { tenant, model, requeued });
    } catch (error) {
      logger.error('requeue failed', { error: error as Error, tenant, model });
      failed.push(`${tenant}/${model}`);
    }
  }
  if (failed.length > 0) throw new Error(`Expected to look after every model; these failed: ${failed.join(', ')}.`);
};
