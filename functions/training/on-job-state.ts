import type { EventBridgeEvent } from 'aws-lambda';
import { JobStateChange, type jobStateChange } from '../../contracts/events.ts';
import { readConfig } from '../platform/config.ts';
import { logger } from '../platform/telemetry.ts';
import { openRuns } from './open-runs.ts';
import { dispatchJobs } from './operations/dispatch-jobs.ts';
import { hearRun } from './operations/hear-run.ts';

const dependencies = openRuns(readConfig('training/on-job-state'));

/**
 * A run of the training service changed its state; one that ends makes room for the next. Events come late, twice or not
 * at all: reconciliation finds those.
 */
export const handler = async (event: EventBridgeEvent<typeof jobStateChange, unknown>): Promise<void> => {
  const state = JobStateChange.parse(event.detail);
  const ended = await hearRun(dependencies, state.TrainingJobName, {
    status: state.TrainingJobStatus,
    secondaryStatus: state.SecondaryStatus,
    failureReason: state.FailureReason,
    startedAt: state.TrainingStartTime,
    endedAt: state.TrainingEndTime,
  });
  logger.info('heard', { run: state.TrainingJobName, status: state.TrainingJobStatus });
  if (ended) await dispatchJobs(dependencies);
};
