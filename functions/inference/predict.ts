import { randomBytes } from 'node:crypto';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { logger } from '../platform/telemetry.ts';
import { endpointsOf } from './endpoints.ts';
import { servePredictions } from './predict-handler.ts';
import { recordPrediction } from './prediction-metrics.ts';
import { openPredictor } from './predictor.ts';
import { openRouteCache } from './route-cache.ts';
import { openServingFrom } from './serving.ts';
import { openSignedKeyRing } from './signed-key-ring.ts';
import { openSignedObjects } from './signed-objects.ts';
import { openSigner } from './signed-requests.ts';
import { openServingTable } from './signed-table.ts';
import { threadsFor } from './threads.ts';
import { warmUp } from './warm-up.ts';

const config = readConfig('inference/predict');
const endpoints = endpointsOf(config);
const credentials = {
  region: config.AWS_REGION,
  accessKeyId: config.AWS_ACCESS_KEY_ID,
  secretAccessKey: config.AWS_SECRET_ACCESS_KEY,
  sessionToken: config.AWS_SESSION_TOKEN,
};
const send = openSigner(credentials, systemClock);
const table = openServingTable(send, endpoints.dynamodb, config.TABLE_NAME);
const serving = openServingFrom(openSignedObjects(send, endpoints.bucket), {
  threads: threadsFor(config.AWS_LAMBDA_FUNCTION_MEMORY_SIZE),
});
const onError = (what: string, error: unknown): void => logger.error(what, error as Error);
const routes = openRouteCache({
  table,
  serving,
  keyRing: openSignedKeyRing(send, endpoints.kms, config.HMAC_KEY_ID),
  clock: systemClock,
  timeToLive: config.ROUTE_TTL_MS,
  onError,
});

/** Unique among all functions by its beginning, and within this one by its end. */
const instance = randomBytes(9).toString('base64url');
let predictions = 0;
const newNonce = (): string => {
  predictions += 1;
  return instance + predictions.toString(36);
};

await warmUp(table, routes);

export const handler = servePredictions(
  openPredictor({
    routes,
    serving,
    clock: systemClock,
    stopwatch: () => performance.now(),
    random: Math.random,
    newNonce,
    record: recordPrediction,
    onError,
  }),
);
