import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRelearn } from '../../client/index.ts';

/** What the server was asked, in order. */
const asked: { method: string | undefined; url: string | undefined; authorization: string | undefined }[] = [];
let server: Server;
let baseUrl: string;

beforeAll(async () => {
  server = createServer(({ method, url, headers }, response) => {
    asked.push({ method, url, authorization: headers.authorization });
    const known = url === '/v1/models/diagnosis/current';
    response.writeHead(known ? 200 : 404, { 'content-type': known ? 'application/json' : 'application/problem+json' });
    response.end(JSON.stringify(known ? { champion: 'v1.0.0', weight: 0 } : { title: 'There is no such thing' }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

const current = (relearn: ReturnType<typeof createRelearn>, model: string) =>
  relearn.GET('/v1/models/{model}/current', { params: { path: { model } } });

describe('the client', () => {
  it('calls the path with the token, and gives the answer', async () => {
    const { data, error } = await current(createRelearn({ baseUrl, token: 'token-1' }), 'diagnosis');
    expect(error).toBeUndefined();
    expect(data?.champion).toBe('v1.0.0');
    expect(asked.at(-1)).toEqual({
      method: 'GET',
      url: '/v1/models/diagnosis/current',
      authorization: 'Bearer token-1',
    });
  });

  it('gives the problem where there is one', async () => {
    const { data, error, response } = await current(createRelearn({ baseUrl, token: 'token-1' }), 'nothing');
    expect(data).toBeUndefined();
    expect({ title: error?.title, status: response.status }).toEqual({ title: 'There is no such thing', status: 404 });
  });

  it.each(['', '/', '/v1', '/v1/'])('takes a base URL that ends in "%s"', async (end) => {
    const { data } = await current(createRelearn({ baseUrl: `${baseUrl}${end}`, token: 'token-1' }), 'diagnosis');
    expect(data?.weight).toBe(0);
  });

  it('asks for a fresh token for each call', async () => {
    const tokens = ['token-1', 'token-2'];
    const relearn = createRelearn({ baseUrl, token: async () => tokens.shift() ?? 'none' });
    await current(relearn, 'diagnosis');
    await current(relearn, 'diagnosis');
    expect(asked.slice(-2).map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });
});
