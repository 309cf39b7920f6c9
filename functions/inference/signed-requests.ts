import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import { type Signer, signedHeaders } from './signature-v4.ts';

/**
 * The few AWS calls of the predict function, signed by hand: an SDK client each would double the time of a cold start.
 */
export interface SignedRequest {
  readonly service: 'dynamodb' | 'kms' | 's3';
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** AWS refused a call, or answered it with an error more often than it is tried. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
}

/** Sends a request, again where that may help. The answer is one of success, or 404 of an object that is not there. */
export type SendSigned = (request: SignedRequest) => Promise<IncomingMessage>;

const attempts = 3;
const firstPauseMilliseconds = 25;
const silenceMilliseconds = 3000;
const throttled = /Throttl|ProvisionedThroughputExceeded|LimitExceeded|SlowDown/;

const agents = {
  'http:': { request: httpRequest, agent: new HttpAgent({ keepAlive: true }) },
  'https:': { request: httpsRequest, agent: new HttpsAgent({ keepAlive: true }) },
} as const;

/** @returns the whole answer as text */
export const readText = async (answer: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

export const openSigner = (credentials: Omit<Signer, 'service'>, clock: Clock): SendSigned => {
  const send = ({
    service,
    method,
    url: address,
    headers = {},
    body = '',
  }: SignedRequest): Promise<IncomingMessage> => {
    const url = new URL(address);
    const { request, agent } = agents[url.protocol as keyof typeof agents];
    const signed = signedHeaders({ method, url, headers, body }, { ...credentials, service }, clock.now());
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent, headers: signed }, resolve);
      sent.setTimeout(silenceMilliseconds, () => sent.destroy(new Error(`${service} was silent for too long`)));
      sent.on('error', reject);
      sent.end(body);
    });
  };
  /** @returns the answer, or why there is none */
  const attempt = async (request: SignedRequest): Promise<IncomingMessage | AwsCallError> => {
    try {
      const answer = await send(request);
      const status = answer.statusCode ?? 0;
      if (status < 300 || (status === 404 && request.service === 's3')) return answer;
      const text = await readText(answer);
      const error = new AwsCallError(`${request.service} answered ${status}: ${text.slice(0, 300)}`);
      if (status < 500 && status !== 429 && !throttled.test(text)) throw error;
      return error;
    } catch (cause) {
      if (cause instanceof AwsCallError) throw cause;
      return new AwsCallError(`${request.service} could not be reached`, { cause });
    }
  };
  return async (request) => {
    for (let done = 1; ; done += 1) {
      const outcome = await attempt(request);
      if (!(outcome instanceof AwsCallError)) return outcome;
      if (done === attempts) throw outcome;
      await setTimeout(firstPauseMilliseconds * 4 ** (done - 1));
    }
  };
};
