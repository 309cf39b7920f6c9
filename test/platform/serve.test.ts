import { beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineRoute } from '../../contracts/routes/define-route.ts';
import { ConflictError, Problem } from '../../functions/platform/errors.ts';
import type { Idempotency } from '../../functions/platform/idempotency.ts';
import { serve } from '../../functions/platform/serve.ts';
import { logger } from '../../functions/platform/telemetry.ts';
import { callApi } from '../support/call-api.ts';

const shared = { slice: 'models', summary: 'For this test', responses: { 200: { description: 'done' } } } as const;
const routes = {
  post: defineRoute({
    ...shared,
    id: 'postThing',
    method: 'POST',
    path: '/things/{thing}',
    roles: ['operator'],
    params: z.strictObject({ thing: z.string() }),
    body: z.strictObject({ size: z.int() }),
  }),
  list: defineRoute({ ...shared, id: 'listThings', method: 'GET', path: '/things', roles: ['operator', 'app'] }),
  about: defineRoute({
    ...shared,
    id: 'about',
    method: 'GET',
    path: '/about',
    roles: 'public',
    responses: { 200: { description: 'text', mediaType: 'text/html' } },
  }),
};

/** What the next call to `postThing` does. */
let post: () => Promise<{ status: number; body?: unknown }>;
let asked: unknown[];
let remembered: unknown[][];
let refused: unknown[];

beforeEach(() => {
  logger.setLogLevel('SILENT');
  asked = [];
  remembered = [];
  refused = [];
  post = async () => ({ status: 200, body: { ok: true } });
});

/** Remembers what it is asked to remember, and does the work. */
const idempotency: Idempotency = {
  once: (tenant, key, request, work) => {
    remembered.push([tenant, key, request]);
    return work();
  },
};

const handler = serve(
  routes,
  {
    post: async (request) => {
      asked.push(request);
      return post();
    },
    list: async ({ principal }) => ({ status: 200, body: { tenant: principal.tenant } }),
    about: async ({ principal }) => ({ status: 200, body: `<p>${principal}</p>` }),
  },
  { idempotency, onRefused: async (refusal) => void refused.push(refusal) },
);

const postThing = (given: object = {}) =>
  callApi(handler, routes.post, { path: { thing: 'wheel' }, body: { size: 1 }, ...given });

describe('a call', () => {
  test('reaches its handler, parsed, with who calls', async () => {
    const answer = await postThing();
    expect(answer).toMatchObject({ status: 200, json: { ok: true } });
    expect(asked).toEqual([
      {
        params: { thing: 'wheel' },
        query: {},
        body: { size: 1 },
        principal: { tenant: 'acme', role: 'operator', id: 'user-1' },
      },
    ]);
  });

  test('of a role that the route does not name is refused before its body is read', async () => {
    expect(await postThing({ role: 'app', body: '{' })).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
  });

  test('without a tenant is refused', async () => {
    const answer = await postThing({ tenant: 'relearn' });
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  });

  test('of a public route needs no token, and gets the type that the route names', async () => {
    const answer = await callApi(handler, routes.about, { tenant: 'relearn' });
    expect(answer).toMatchObject({ status: 200, text: '<p>undefined</p>', headers: { 'content-type': 'text/html' } });
  });

  test('of a route of another slice is not found', async () => {
    const answer = await callApi(handler, { ...routes.list, path: '/elsewhere' }, {});
    expect(answer).toMatchObject({ status: 404, json: { type: 'urn:relearn:problem:not-found' } });
  });

  test('gets answers that no browser keeps, frames or guesses the type of', async () => {
    expect((await postThing()).headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
  });
});

describe('a failure', () => {
  test('that the handler names is a problem document', async () => {
    post = async () => {
      throw new Problem('training-running', 'Expected no training, found job_1. Wait for it.', { job: 'job_1' });
    };
    const answer = await postThing();
    expect(answer).toMatchObject({ status: 409, headers: { 'content-type': 'application/problem+json' } });
    expect(answer.json).toEqual({
      type: 'urn:relearn:problem:training-running',
      title: 'A training of this model is running',
      status: 409,
      detail: 'Expected no training, found job_1. Wait for it.',
      instance: 'request-1',
      job: 'job_1',
    });
  });

  test('that nobody foresaw is told to nobody', async () => {
    post = async () => {
      throw new Error('the secret of Ada Lovelace');
    };
    const answer = await postThing();
    expect(answer).toMatchObject({ status: 500, json: { type: 'urn:relearn:problem:internal' } });
    expect(answer.text).not.toContain('Lovelace');
  });

  test('by too many writers at once asks to try again', async () => {
    post = async () => {
      throw new ConflictError('busy');
    };
    expect(await postThing()).toMatchObject({ status: 503, json: { type: 'urn:relearn:problem:unavailable' } });
  });

  test('of the request names the place', async () => {
    const answer = await postThing({ body: { size: 'big' } });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: '/size' }] } });
  });
});

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'once' };

  test('belongs to its tenant, its caller and its operation', async () => {
    await postThing({ headers });
    expect(remembered).toEqual([
      ['acme', 'user-1 postThing once', { params: { thing: 'wheel' }, query: {}, body: { size: 1 } }],
    ]);
  });

  test.each(['', ' ', '\t ', 'k'.repeat(201)])('that is blank or too long is refused by its name: %j', async (key) => {
    const answer = await postThing({ headers: { 'idempotency-key': key } });
    expect(answer).toMatchObject({ status: 400, json: { type: 'urn:relearn:problem:invalid-request' } });
    expect(answer.json.errors).toMatchObject([{ pointer: '/header/Idempotency-Key' }]);
    expect(asked).toEqual([]);
  });

  test('means nothing where nothing is changed, and is not needed', async () => {
    await callApi(handler, routes.list, { headers });
    await callApi(handler, routes.list, { headers: { 'idempotency-key': '' } });
    await postThing();
    expect(remembered).toEqual([]);
  });
});

describe('a command that is refused', () => {
  const principal = { tenant: 'acme', role: 'operator', id: 'user-1' };

  test('is told of, whatever refused it: the role, the schema or the handler', async () => {
    post = async () => {
      throw new Problem('conflict', 'Expected something else.');
    };
    await postThing({ role: 'app' });
    await postThing({ body: { size: 'big' } });
    await postThing();
    const about = { route: 'postThing', params: { thing: 'wheel' } };
    expect(refused).toEqual([
      { ...about, principal: { ...principal, role: 'app' }, code: 'forbidden' },
      { ...about, principal, code: 'invalid-request' },
      { ...about, principal, code: 'conflict' },
    ]);
  });

  test('is told of by nobody where it only reads, is carried out, or breaks', async () => {
    await callApi(handler, routes.list, { role: 'expert' });
    await postThing();
    post = async () => {
      throw new Error('broken');
    };
    await postThing();
    expect(refused).toEqual([]);
  });

  test('is answered also where nobody can be told', async () => {
    post = async () => {
      throw new Problem('conflict', 'Expected something else.');
    };
    const extras = { onRefused: () => Promise.reject(new Error('the table is away')) };
    const deaf = serve({ post: routes.post }, { post: () => post() }, extras);
    expect(await callApi(deaf, routes.post, { path: { thing: 'wheel' }, body: { size: 1 } })).toMatchObject({
      status: 409,
    });
  });
});
