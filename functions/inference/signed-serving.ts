import type { Environment } from '../../contracts/environment.ts';
import { systemClock } from '../platform/clock.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { openServingFrom, type Serving } from './serving.ts';
import { openSignedObjects } from './signed-objects.ts';
import { openSigner, type SendSigned } from './signed-requests.ts';
import { threadsFor } from './threads.ts';

/** What both threads of the predict function need of AWS, by its configuration. */
export interface SignedServing {
  readonly send: SendSigned;
  readonly endpoints: Endpoints;
  readonly serving: Serving;
}

export const openSignedServing = (config: Environment<'inference/predict'>): SignedServing => {
  const credentials = {
    region: config.AWS_REGION,
    accessKeyId: config.AWS_ACCESS_KEY_ID,
    secretAccessKey: config.AWS_SECRET_ACCESS_KEY,
    sessionToken: config.AWS_SESSION_TOKEN,
  };
  const send = openSigner(credentials, systemClock);
  const endpoints = endpointsOf(config);
  const threads = threadsFor(config.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return { send, endpoints, serving: openServingFrom(openSignedObjects(send, endpoints.bucket), { threads }) };
};
