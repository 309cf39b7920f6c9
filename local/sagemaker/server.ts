import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ulid } from 'ulid';
import { PortTakenError } from '../errors.ts';
import type { SignedRequest } from './authorization.ts';
import { AwsError } from './aws-error.ts';
import { type FaultRequest, isAboutFaults } from './fault-routes.ts';

/** Answers one operation of the API; throws AwsError for what the client is told. */
export type Answer = (operation: string, body: unknown, request: SignedRequest) => Promise<object>;

/** Answers a request about faults, which is no part of the API. */
export type FaultAnswer = (request: FaultRequest) => object;

const contentType = 'application/x-amz-json-1.1';
const target = /^SageMaker\.(\w+)$/;

/**
 * Listens on loopback for requests in the AWS JSON 1.1 protocol, which the AWS SDKs and boto3 speak to SageMaker.
 *
 * @param port 0 for any free one
 * @throws {PortTakenError} where the port is taken
 */
export async function listen(
  port: number,
  answer: Answer,
  answerFault: FaultAnswer,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => void handle(request, response, answer, answerFault));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  answerFault: FaultAnswer,
): Promise<void> {
  try {
    const body = await text(request);
    const { method = '', url: path = '' } = request;
    if (isAboutFaults(path)) {
      const { 'content-type': type } = request.headers;
      respond(response, 200, answerFault({ method, path, contentType: type, body: () => parse(body) }));
      return;
    }
    const operation = operationOf(request);
    const signed = { method, path, rawHeaders: request.rawHeaders, body };
    respond(response, 200, await answer(operation, parse(body), signed));
  } catch (error) {
    const known = error instanceof AwsError;
    const { code, message, httpStatus } = known
      ? error
      : new AwsError('InternalFailure', `the local SageMaker endpoint failed: ${(error as Error).message}`, 500);
    respond(response, httpStatus, { __type: code, message });
  }
}

function operationOf(request: IncomingMessage): string {
  const header = String(request.headers['x-amz-target'] ?? '');
  const operation = target.exec(header)?.[1];
  if (request.method !== 'POST' || operation === undefined) {
    throw new AwsError('UnknownOperationException', `expected POST with X-Amz-Target: SageMaker.…, got "${header}"`);
  }
  return operation;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'expected a JSON object as body, got something else');
  }
}

function respond(response: ServerResponse, status: number, body: object): void {
  const content = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(content),
    'x-amzn-requestid': ulid(),
  });
  response.end(content);
}
