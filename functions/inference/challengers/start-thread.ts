import { Worker } from 'node:worker_threads';
import type { Environment } from '../../../contracts/environment.ts';
import type { StartThread } from './thread.ts';
import type { ThreadData } from './thread-data.ts';

/** MB of JavaScript's own memory, several times what the thread needs; graphs and tensors are outside it. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/** @param module - of the predict function, which is started anew in the thread */
export const openThreadStarter =
  (module: URL, config: Environment<'inference/predict'>): StartThread =>
  (words) => {
    const data: ThreadData = { isForChallengers: true, config, words };
    return new Worker(module, { name: 'challengers', workerData: data, resourceLimits });
  };
