import { ScheduledCheck } from '../../contracts/events.ts';
import { openModels } from '../models/index.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { Occasion } from './domain/trigger.ts';
import { openTrigger } from './open-trigger.ts';
import { considerTraining } from './operations/start-training.ts';

const config = readConfig('training/check-triggers');
const models = openModels(openTable(config.TABLE_NAME));
const dependencies = openTrigger(config);

const consider = async (tenant: string, name: string, occasion: Occasion): Promise<void> => {
  const model = await models.get(tenant, name);
  if (model === undefined) return;
  const { decision, job } = await considerTraining(dependencies, tenant, model, occasion);
  logger.info('considered', { tenant, model: name, reason: decision.reason, job: job?.id });
};

/**
 * The daily and the weekly check of every model. One model's failure stops no other.
 *
 * @throws Error naming the models that failed; the call is repeated, which starts nothing twice
 */
export const handler = async (event: unknown): Promise<void> => {
  const { check } = ScheduledCheck.parse(event);
  const occasion = check === 'weekly' ? Occasion.Weekly : Occasion.Daily;
  const failed: string[] = [];
  for await (const { tenant, model } of models.directory()) {
    try {
      await consider(tenant, model, occasion);
    } catch (error) {
      logger.error('check failed', { error: error as Error, tenant, model });
      failed.push(`${tenant}/${model}`);
    }
  }
  if (failed.length > 0) throw new Error(`Expected to check every model; these failed: ${failed.join(', ')}.`);
};
