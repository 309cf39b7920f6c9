import { SubmitInput } from '../../contracts/workflows.ts';
import { readConfig } from '../platform/config.ts';
import { logger } from '../platform/telemetry.ts';
import { openRuns } from './open-runs.ts';
import { dispatchJobs } from './operations/dispatch-jobs.ts';
import { submitJob } from './operations/submit-job.ts';

const dependencies = openRuns(readConfig('training/submit-job'));

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
    await dependencies.tokens.fail(input.taskToken, name, message);
    return;
  }
  const { tenant, model, job } = input;
  await dispatchJobs(dependencies, [{ tenant, model, job }]);
};
