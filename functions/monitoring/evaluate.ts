import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { EvaluationRequested } from '../../contracts/events.ts';
import { openDatasets } from '../cases/index.ts';
import { openServing } from '../inference/index.ts';
import { openModels, openVersions } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openEvaluationStore } from './evaluations/evaluation-store.ts';
import { giveUpEvaluation, runEvaluation } from './evaluations/run-evaluation.ts';

const config = readConfig('monitoring/evaluate');
const table = openTable(config.TABLE_NAME);
const objects = openObjectStore(config.BUCKET_NAME);
const dependencies = {
  models: openModels(table),
  versions: openVersions(table),
  datasets: openDatasets(table, objects),
  serving: openServing({ objects }),
  evaluations: openEvaluationStore(table),
  clock: systemClock,
};

/** After so many the queue gives a message to its dead letters: infra/platform/queues.ts. */
const deliveries = 5;

const evaluate = async ({ body, attributes }: SQSRecord): Promise<void> => {
  const { tenant, model, evaluation } = EvaluationRequested.parse(JSON.parse(body));
  try {
    const ended = await runEvaluation(dependencies, tenant, model, evaluation);
    logger.info('evaluated', { tenant, model, evaluation, status: ended?.status, cases: ended?.cases });
  } catch (error) {
    if (Number(attributes.ApproximateReceiveCount) >= deliveries) {
      await giveUpEvaluation(dependencies, tenant, model, evaluation);
    }
    throw error;
  }
};

/** Versions are to be measured on a dataset; each message by itself, and each evaluation once. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of Records) {
    try {
      await evaluate(record);
    } catch (error) {
      logger.error('not evaluated', { messageId: record.messageId, error: error as Error });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};
