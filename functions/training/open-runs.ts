import type { Environment } from '../../contracts/environment.ts';
import { openModels, openVersions } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import type { RunDependencies } from './operations/run-dependencies.ts';
import { openTaskTokens } from './services/task-tokens.ts';
import { openTrainingService } from './services/training-service.ts';
import { openWarmStart } from './services/warm-start.ts';
import { openBudget } from './store/budget.ts';
import { openCapacity } from './store/capacity.ts';
import { openTrainingStore } from './store/training-store.ts';

/** Opens what the functions share that bring jobs to the training service. */
export const openRuns = (config: Environment<'training/submit-job'>): RunDependencies => {
  const table = openTable(config.TABLE_NAME);
  const clock = systemClock;
  return {
    store: openTrainingStore(table, clock),
    capacity: openCapacity(table),
    budget: openBudget(table, clock),
    models: openModels(table),
    warmStart: openWarmStart(openVersions(table), openObjectStore(config.BUCKET_NAME)),
    service: openTrainingService(),
    tokens: openTaskTokens(),
    place: {
      bucket: config.BUCKET_NAME,
      image: config.TRAINING_IMAGE,
      gpuImage: config.TRAINING_GPU_IMAGE,
      roleArn: config.TRAINING_ROLE_ARN,
      keyArn: config.DATA_KEY_ARN,
      codeVersion: config.CODE_VERSION,
    },
    limits: config.TRAINING_LIMITS,
    clock,
    random: Math.random,
  };
};
