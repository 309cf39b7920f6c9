import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { SegmentSealed } from '../../contracts/events.ts';
import { openModels } from '../models/index.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { Occasion } from './domain/trigger.ts';
import { openTrigger } from './open-trigger.ts';
import { considerTraining } from './operations/start-training.ts';
import { openTriggerQueue } from './services/trigger-queue.ts';

const config = readConfig('training/on-segment-sealed');
const models = openModels(openTable(config.TABLE_NAME));
const triggers = openTriggerQueue(config.TRIGGER_QUEUE_URL);
const dependencies = openTrigger(config);

/** The event as EventBridge puts it into a queue. */
const Message = z.object({ detail: SegmentSealed });

const count = async (body: string): Promise<void> => {
  const segment = Message.parse(JSON.parse(body)).detail;
  const { tenant, model: name } = segment;
  const model = await models.get(tenant, name);
  if (model === undefined) throw new Error(`Expected a model ${name} for its cases, found none.`);
  const { decision, job } = await considerTraining(dependencies, tenant, model, Occasion.Accepted);
  if (decision.reason === 'debouncing') await triggers.countAgain(segment, model.policies.training.debounceSeconds);
  logger.info('considered', { tenant, model: name, reason: decision.reason, job: job?.id });
};

/** The count trigger: cases were accepted, or a training ended while more of them came. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of event.Records) {
    try {
      await count(body);
    } catch (error) {
      logger.error('message failed', { error: error as Error, messageId });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};
