import type { EventBridgeEvent } from 'aws-lambda';
import { DriftFound } from '../../contracts/events.ts';
import { openModels } from '../models/index.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { Occasion } from './domain/trigger.ts';
import { openTrigger } from './open-trigger.ts';
import { considerTraining } from './operations/start-training.ts';

const config = readConfig('training/on-drift-found');
const models = openModels(openTable(config.TABLE_NAME));
const dependencies = openTrigger(config);

/** Characters of what drifted that are kept. */
const longestCause = 500;

/** The monitoring found drift: the model is trained again where there are new cases to learn it from. */
export const handler = async (event: EventBridgeEvent<string, unknown>): Promise<void> => {
  const { tenant, model: name, detail } = DriftFound.parse(event.detail);
  const model = await models.get(tenant, name);
  if (model === undefined) return;
  const { decision, job } = await considerTraining(dependencies, tenant, model, Occasion.Drift, {
    actor: 'training:trigger',
    ...(detail === undefined ? {} : { cause: detail.slice(0, longestCause) }),
  });
  logger.info('considered', { tenant, model: name, reason: decision.reason, job: job?.id });
};
