import { SubmitInput } from '../../contracts/workflows.ts';
import { openModels } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { submitJob } from './operations/submit-job.ts';
import { openTaskTokens } from './services/task-tokens.ts';
import { openTrainingService } from './services/training-service.ts';
import { openTrainingStore } from './store/training-store.ts';

const config = readConfig('training/submit-job');
const table = openTable(config.TABLE_NAME);
const tokens = openTaskTokens();
const dependencies = {
  store: openTrainingStore(table, systemClock),
  models: openModels(table),
  service: openTrainingService(),
  tokens,
  place: {
    bucket: config.BUCKET_NAME,
    image: config.TRAINING_IMAGE,
    roleArn: config.TRAINING_ROLE_ARN,
    keyArn: config.DATA_KEY_ARN,
    codeVersion: config.CODE_VERSION,
  },
  clock: systemClock,
};

/**
 * Second task of the retrain machine. Its state waits for a token, and ends by that alone: so a failure is sent by the
 * token too, where the machine matches it by name.
 */
export const handler = async (event: unknown): Promise<void> => {
  const input = SubmitInput.parse(event);
  try {
    await submitJob(dependencies, input);
  } catch (error) {
    const { name, message } = error as Error;
    logger.warn('not submitted', { error: error as Error, job: input.job });
    await tokens.fail(input.taskToken, name, message);
  }
};
