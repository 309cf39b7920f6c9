import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ProblemCode, problems } from '../contracts/problems.ts';
import { PortTakenError } from './errors.ts';
import type { Log } from './log.ts';

export type FrontServerOptions = {
  /** 0 takes any free one. */
  readonly port: number;
  /** The HTTP API's own address, without a slash at its end. */
  readonly apiUrl: string;
  readonly log: Log;
  /** Milliseconds that a request may take. @default 30,000, as API Gateway allows */
  readonly milliseconds?: number;
};

export type FrontServer = { readonly url: string; readonly port: number; close(): Promise<void> };

/** What API Gateway and Lambda take, give and wait for at most; the emulator has no limits. */
const requestBytes = 10_485_760;
const responseBytes = 6_291_556;
const defaultMilliseconds = 30_000;
const keepAliveMilliseconds = 75_000;

/** Paths that lead to the API; anything else is nobody's. */
const isOfTheApi = (path: string): boolean => /^\/(v1|docs)(\/|$)/.test(path);

/** What people type, who do not think of the version. */
const shortcuts: Readonly<Record<string, string>> = { '/health': '/v1/health', '/openapi.json': '/v1/openapi.json' };

/** Headers that belong to one connection, not to the message. */
const ofTheConnection = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-encoding',
]);

class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > requestBytes) throw new TooLargeError();
    chunks.push(chunk);
  }
  return bytes === 0 ? undefined : Buffer.concat(chunks);
};

const sendProblem = (response: ServerResponse, code: ProblemCode, detail: string): void => {
  const { title, status } = problems[code];
  const document = { type: `urn:relearn:problem:${code}`, title, status, detail };
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    // What was not read of a body that is too large would be taken for the next request.
    connection: 'close',
  });
  response.end(JSON.stringify(document));
};

/** Sentences for what API Gateway answers by itself, before any function runs. */
const gatewayProblems: Readonly<Record<number, { code: ProblemCode; detail: string }>> = {
  401: {
    code: 'unauthorized',
    detail: 'Expected a bearer token that this user pool signed and that has not expired. Sign in again.',
  },
  403: { code: 'forbidden', detail: 'Expected a token that is allowed to do this. Ask an admin for a role.' },
  404: { code: 'not-found', detail: 'Expected a path and method of the API. See /docs.' },
};

/** The answer, with what only the emulator would say made what API Gateway or we would say. */
const passOn = async (answer: Response, response: ServerResponse): Promise<void> => {
  const type = answer.headers.get('content-type') ?? '';
  const own = gatewayProblems[answer.status];
  if (own !== undefined && !type.includes('problem+json')) {
    return sendProblem(response, own.code, own.detail);
  }
  // Where a function fails, the emulator puts its error into the body; API Gateway never does.
  const tooLong = Number(answer.headers.get('content-length') ?? 0) > responseBytes;
  if (tooLong || (answer.status >= 500 && !type.includes('problem+json'))) {
    await answer.body?.cancel();
    return sendProblem(response, 'internal', 'The request failed. Try again; the log has the reason.');
  }
  const headers = [...answer.headers].filter(([name]) => !ofTheConnection.has(name));
  response.writeHead(answer.status, Object.fromEntries(headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
};

const forward = async (
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
  milliseconds: number,
): Promise<void> => {
  const body = await readBody(request);
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || ofTheConnection.has(name) ? [] : [[name, String(value)]],
  );
  const answer = await fetch(url, {
    method: request.method ?? 'GET',
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(milliseconds),
    ...(body === undefined ? {} : { body }),
  });
  await passOn(answer, response);
};

const failed = (error: Error, response: ServerResponse, milliseconds: number): void => {
  if (response.headersSent) {
    response.destroy();
  } else if (error instanceof TooLargeError) {
    sendProblem(response, 'payload-too-large', `Expected at most ${requestBytes} bytes. Send smaller batches.`);
  } else if (error.name === 'TimeoutError') {
    const detail = `There was no answer within ${milliseconds / 1000} s. Look whether the request took effect.`;
    sendProblem(response, 'unavailable', detail);
  } else {
    sendProblem(response, 'unavailable', 'The embedded cloud does not answer. See whether it still runs.');
  }
};

/**
 * The friendly address of the API: passes it through from one port, and keeps the limits that API Gateway has.
 *
 * @throws PortTakenError where the port belongs to another program
 */
export const startFrontServer = async ({
  port,
  apiUrl,
  log,
  milliseconds = defaultMilliseconds,
}: FrontServerOptions): Promise<FrontServer> => {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const path = shortcuts[pathname] ?? pathname;
    if (path === '/') {
      response.writeHead(302, { location: '/docs' }).end();
      return;
    }
    if (!isOfTheApi(path)) {
      sendProblem(response, 'not-found', 'Expected a path below /v1, or /docs. See /docs.');
      return;
    }
    forward(`${apiUrl}${path}${search}`, request, response, milliseconds).catch((error: Error) => {
      // Without the path, which may hold what a caller should not have put there.
      log(`a request to the API failed: ${error.name}`);
      failed(error, response, milliseconds);
    });
  });
  // Far longer than any client keeps an idle connection: whoever closes first must not be the one who is being asked.
  server.keepAliveTimeout = keepAliveMilliseconds;
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortTakenError(port) : error;
  }
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://localhost:${taken}`,
    port: taken,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
