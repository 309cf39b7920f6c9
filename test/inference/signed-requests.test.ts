import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsCallError, openSigner, readText } from '../../functions/inference/signed-requests.ts';
import { systemClock } from '../../functions/platform/clock.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that gives one answer after another, the last one for ever. */
const startServer = async (...answers: Answer[]) => {
  const seen: IncomingMessage[] = [];
  server = createServer((request, response) => {
    seen.push(request);
    request.resume();
    answers[Math.min(seen.length, answers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const send = openSigner(
    {
      region: 'eu-central-1',
      accessKeyId: 'AKID',
      secretAccessKey: 's',
      sessionToken: 'session',
    },
    systemClock,
  );
  return {
    seen,
    call: (service: 'dynamodb' | 's3' = 'dynamodb') => send({ service, method: 'POST', url, body: '{}' }),
  };
};

const status =
  (code: number, text = ''): Answer =>
  (_, response) => {
    response.writeHead(code).end(text);
  };
const hangUp: Answer = (request) => request.destroy();

describe('a call to AWS', () => {
  test('is signed for its service and region, with the session of the role', async () => {
    const { seen, call } = await startServer(status(200, 'yes'));
    expect(await readText(await call())).toBe('yes');
    const { authorization } = seen[0]?.headers ?? {};
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/dynamodb\/aws4_request/);
    expect(seen[0]?.headers['x-amz-security-token']).toBe('session');
  });

  test.each<[string, Answer]>([
    ['the service is at fault', status(500)],
    ['there were too many', status(400, '{"__type":"com.amazonaws#ThrottlingException"}')],
    ['the connection breaks', hangUp],
  ])('is made again where %s', async (_, fault) => {
    const { seen, call } = await startServer(fault, fault, status(200, 'yes'));
    expect(await readText(await call())).toBe('yes');
    expect(seen).toHaveLength(3);
  });

  test('is given up after three tries', async () => {
    const { seen, call } = await startServer(status(503, 'busy'));
    await expect(call()).rejects.toThrow(AwsCallError);
    expect(seen).toHaveLength(3);
  });

  test('is not made again where it was refused', async () => {
    const { seen, call } = await startServer(status(400, 'AccessDeniedException: not allowed'));
    await expect(call()).rejects.toThrow('dynamodb answered 400: AccessDeniedException');
    expect(seen).toHaveLength(1);
  });

  test('tells of an object that is not there', async () => {
    const { call } = await startServer(status(404));
    expect((await call('s3')).statusCode).toBe(404);
    await expect(call('dynamodb')).rejects.toThrow('answered 404');
  });
});
