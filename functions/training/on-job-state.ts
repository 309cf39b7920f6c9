import type { EventBridgeEvent } from 'aws-lambda';
import { JobStateChange, type jobStateChange } from '../../contracts/events.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { hearRun } from './operations/hear-run.ts';
import { openTaskTokens } from './services/task-tokens.ts';
import { openTrainingStore } from './store/training-store.ts';

const config = readConfig('training/on-job-state');
const store = openTrainingStore(openTable(config.TABLE_NAME), systemClock);
const tokens = openTaskTokens();

/** A run of the training service changed its state. Events come late, twice or not at all: reconciliation finds those. */
export const handler = async (event: EventBridgeEvent<typeof jobStateChange, unknown>): Promise<void> => {
  const state = JobStateChange.parse(event.detail);
  const delivered = await hearRun({ store, tokens }, state.TrainingJobName, {
    status: state.TrainingJobStatus,
    secondaryStatus: state.SecondaryStatus,
    failureReason: state.FailureReason,
  });
  logger.info('heard', { run: state.TrainingJobName, status: state.TrainingJobStatus, delivered });
};
