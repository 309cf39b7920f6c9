import { randomBytes } from 'node:crypto';
import type { Environment } from '../../contracts/environment.ts';
import { systemClock } from '../platform/clock.ts';
import { logger } from '../platform/telemetry.ts';
import { openChallengers } from './challengers/challengers.ts';
import type { StartThread } from './challengers/thread.ts';
import { type PredictionHandler, servePredictions } from './predict-handler.ts';
import { recordPrediction, recordShadow } from './prediction-metrics.ts';
import { openPredictor } from './predictor.ts';
import { openRouteCache } from './route-cache.ts';
import { openSignedKeyRing } from './signed-key-ring.ts';
import { openSignedServing } from './signed-serving.ts';
import { openServingTable } from './signed-table.ts';
import { warmUp } from './warm-up.ts';

const onError = (what: string, error: unknown): void => logger.error(what, error as Error);
const stopwatch = (): number => performance.now();

/** Unique among all functions by its beginning, and within this one by its end. */
const openNonces = (): (() => string) => {
  const instance = randomBytes(9).toString('base64url');
  let predictions = 0;
  return () => {
    predictions += 1;
    return instance + predictions.toString(36);
  };
};

/** Starts the main thread of the predict function: its handler, with some models in memory. */
export const startPredictions = async (
  config: Environment<'inference/predict'>,
  startThread: StartThread,
): Promise<PredictionHandler> => {
  const { send, endpoints, serving } = openSignedServing(config);
  const table = openServingTable(send, endpoints.dynamodb, config.TABLE_NAME);
  const routes = openRouteCache({
    table,
    serving,
    challengers: openChallengers({ startThread, stopwatch, onError }),
    keyRing: openSignedKeyRing(send, endpoints.kms, config.HMAC_KEY_ID),
    clock: systemClock,
    timeToLive: config.ROUTE_TTL_MS,
    onError,
  });
  await warmUp(table, routes);
  return servePredictions(
    openPredictor({
      routes,
      serving,
      clock: systemClock,
      stopwatch,
      random: Math.random,
      newNonce: openNonces(),
      record: recordPrediction,
      recordShadow,
      onError,
    }),
  );
};
