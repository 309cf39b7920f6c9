import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PortTakenError } from '../../local/errors.ts';
import { type FrontServer, startFrontServer } from '../../local/front-server.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';
import { deployTinyStack } from './support/tiny-stack.ts';

const log = () => {};
let cloud: TestEmulator;
let front: FrontServer;
let apiUrl: string;

beforeAll(async () => {
  cloud = await startTestEmulator();
  const { ApiId } = await deployTinyStack(cloud);
  apiUrl = `${cloud.emulatorUrl}/_aws/execute-api/${ApiId}/$default`;
  front = await startFrontServer({ port: 0, apiUrl, log, milliseconds: 2_000 });
});

afterAll(async () => {
  await front?.close();
  await cloud?.dispose();
});

const send = async (probe: object | string, path = '/v1/probe', at = front.url) => {
  const body = typeof probe === 'string' ? probe : JSON.stringify(probe);
  const answer = await fetch(`${at}${path}`, { method: 'POST', body });
  const type = answer.headers.get('content-type') ?? '';
  const text = await answer.text();
  return {
    status: answer.status,
    type,
    headers: answer.headers,
    text,
    json: type.includes('json') ? JSON.parse(text) : {},
  };
};

test('the API is passed through with status, headers and body', async () => {
  const { status, headers, json } = await send({ do: 'answer' });
  expect({ status, probe: headers.get('x-probe'), json }).toEqual({ status: 201, probe: 'yes', json: { ok: true } });
});

test('an idle connection is kept for longer than clients do, so that none asks while it is being closed', async () => {
  const { headers } = await send({ do: 'answer' });
  expect(headers.get('keep-alive')).toBe('timeout=75');
});

test("a function's own problem is passed through as it is", async () => {
  expect(await send({ do: 'problem' })).toMatchObject({ status: 409, json: { type: 'urn:relearn:problem:conflict' } });
});

describe('what the emulator does not keep, the front server does:', () => {
  const problem = (status: number, code: string) => ({
    status,
    type: 'application/problem+json',
    json: { type: `urn:relearn:problem:${code}`, status, title: expect.any(String), detail: expect.any(String) },
  });

  test('a failing function tells nothing about itself', async () => {
    const answer = await send({ do: 'named-error' });
    expect(answer).toMatchObject(problem(500, 'internal'));
    expect(answer.text).not.toMatch(/nonsense|ModelBrokenError|at /);
  });

  test('a request of more than 10 MB is refused, by its announced length and by its actual one', async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    expect(await send(megabyte.repeat(11))).toMatchObject(problem(413, 'payload-too-large'));
    const { hostname, port } = new URL(front.url);
    const status = await new Promise<number | undefined>((resolve) => {
      const outgoing = request({ hostname, port, method: 'POST', path: '/v1/probe' }, ({ statusCode }) =>
        resolve(statusCode),
      );
      outgoing.on('error', () => {});
      for (let index = 0; index < 11; index += 1) {
        outgoing.write(megabyte);
      }
      outgoing.end();
    });
    expect(status).toBe(413);
  });

  test('an answer of more than 6 MB is refused, as Lambda refuses it', async () => {
    expect(await send({ do: 'large' })).toMatchObject(problem(500, 'internal'));
  });

  test('a function that takes too long is not waited for', async () => {
    const answer = await send({ do: 'sleep' });
    expect(answer).toMatchObject(problem(503, 'unavailable'));
    expect(answer.json.detail).toMatch(/^There was no answer within 2 s\./);
  });

  test('a path that is no route is a problem too', async () => {
    expect(await send({ do: 'answer' }, '/v2/probe')).toMatchObject(problem(404, 'not-found'));
    expect(await send({ do: 'answer' }, '/v1')).toMatchObject(problem(404, 'not-found'));
  });

  test('an emulator that is down is said to be down', async () => {
    const lonely = await startFrontServer({ port: 0, apiUrl: 'http://127.0.0.1:9/api', log });
    expect(await send({ do: 'answer' }, '/v1/probe', lonely.url)).toMatchObject(problem(503, 'unavailable'));
    await lonely.close();
  });
});

test('a taken port is named, with the way to choose another', async () => {
  const starting = startFrontServer({ port: front.port, apiUrl, log });
  await expect(starting).rejects.toThrow(PortTakenError);
  await expect(starting).rejects.toThrow(
    `port ${front.port} is taken by another program: choose a free one with --port N`,
  );
});
