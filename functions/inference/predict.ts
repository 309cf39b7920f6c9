import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readConfig } from '../platform/config.ts';
import { answerRequests } from './challengers/answer-requests.ts';
import { openThreadStarter } from './challengers/start-thread.ts';
import { readThreadData } from './challengers/thread-data.ts';
import type { PredictionHandler } from './predict-handler.ts';
import { openSignedServing } from './signed-serving.ts';
import { startPredictions } from './start-predictions.ts';

const startHandler = (): Promise<PredictionHandler> => {
  const config = readConfig('inference/predict');
  return startPredictions(config, openThreadStarter(new URL(import.meta.url), config));
};

const data = readThreadData(workerData);
if (data !== undefined) answerRequests(parentPort as MessagePort, openSignedServing(data.config).serving, data.words);

/** The process's first thread serves predictions; a second one, of the same module, answers for challengers alone. */
export const handler = data === undefined ? await startHandler() : undefined;
