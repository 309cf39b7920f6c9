import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { defineRoute } from '../../contracts/routes/define-route.ts';
import type { Problem } from '../../functions/platform/errors.ts';
import { maximumBodyBytes, readRequest } from '../../functions/platform/read-request.ts';

const route = defineRoute({
  id: 'putThing',
  slice: 'models',
  method: 'PUT',
  path: '/things/{thing}',
  summary: 'Put a thing',
  roles: 'public',
  params: z.strictObject({ thing: z.string().regex(/^[a-z]+$/, 'expected letters') }),
  query: z.strictObject({ limit: z.coerce.number().int().max(100).default(20) }),
  body: z.strictObject({
    name: z.string().max(20),
    sizes: z.record(z.string().max(10), z.number()).default({}),
    parts: z.array(z.strictObject({ count: z.int() })).default([]),
  }),
  responses: { 200: { description: 'the thing' } },
});

const { body: _, ...bodiless } = route;

const eventOf = (given: Partial<APIGatewayProxyEventV2>) =>
  ({
    headers: { 'content-type': 'application/json' },
    isBase64Encoded: false,
    pathParameters: { thing: 'wheel' },
    body: '{"name":"a"}',
    ...given,
  }) as APIGatewayProxyEventV2;

const read = (given: Partial<APIGatewayProxyEventV2> = {}) => readRequest(route, eventOf(given));

const problemOf = (given: Partial<APIGatewayProxyEventV2>): Problem => {
  try {
    read(given);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('Expected the request to be refused; it was read.');
};

describe('a request', () => {
  test('is read by the schemas of its route, defaults included', () => {
    expect(read({ queryStringParameters: { limit: '5' } })).toEqual({
      params: { thing: 'wheel' },
      query: { limit: 5 },
      body: { name: 'a', sizes: {}, parts: [] },
    });
    expect(read().query).toEqual({ limit: 20 });
  });

  test.each(['', ' \n', '{}', ' { }\n'])('may say nothing where no body is taken: %j', (body) => {
    expect(readRequest(bodiless, eventOf({ body })).body).toBeUndefined();
  });

  test.each(['{"name":"a"}', '[]', 'a=b'])('is refused for a body where none is taken: %s', (body) => {
    const sent = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
    expect(() => readRequest(bodiless, eventOf({ body }))).toThrow('Expected no body');
    expect(() => readRequest(bodiless, eventOf(sent))).toThrow('Expected no body');
  });

  test('is read from base64', () => {
    const body = Buffer.from('{"name":"ä"}').toString('base64');
    expect(read({ body, isBase64Encoded: true }).body).toMatchObject({ name: 'ä' });
  });

  test.each(['application/json', 'application/json; charset=utf-8', 'application/merge-patch+json'])(
    'may be of the type %s',
    (type) => {
      expect(() => read({ headers: { 'content-type': type } })).not.toThrow();
    },
  );
});

describe('a fault', () => {
  test.each([
    [{ pathParameters: { thing: '1' } }, '/path/thing', 'expected letters'],
    [{ queryStringParameters: { limit: '101' } }, '/query/limit', 'expected number to be <=100'],
    [{ body: '{}' }, '/name', 'expected string, received undefined'],
    [{ body: '{"name":"a","parts":[{"count":1},{"count":"x"}]}' }, '/parts/1/count', 'expected number'],
    [{ body: '' }, '/name', 'expected string, received undefined'],
    [{ body: '[]' }, '/', 'expected object, received array'],
  ])('is named by its place: %j', (given, pointer, detail) => {
    const problem = problemOf(given);
    expect(problem).toMatchObject({ code: 'invalid-request' });
    expect(problem.extension.errors).toEqual([{ pointer, detail: expect.stringContaining(detail) }]);
    expect(problem.message).toContain(pointer);
  });

  test('names all of them, and at most 50', () => {
    const parts = Array.from({ length: 80 }, () => ({}));
    const { extension } = problemOf({ body: JSON.stringify({ parts, colour: 1 }) });
    expect(extension.errors).toHaveLength(50);
  });

  test('of an unknown member names the member', () => {
    const problem = problemOf({ body: '{"name":"a","colour":1}' });
    expect(problem.extension.errors).toEqual([{ pointer: '/', detail: 'expected no member colour; leave it out' }]);
  });

  test('never repeats what a person may have written, be it a value or a name', () => {
    const bodies = [
      { name: 'Ada Lovelace, born 1815' },
      { name: 'a', 'Ada Lovelace': 1 },
      { name: 'a', sizes: { 'Ada Lovelace': 1 } },
      { name: 'a', sizes: { 'x/y~z': 'Ada Lovelace' } },
    ];
    for (const body of bodies) {
      const problem = problemOf({ body: JSON.stringify(body) });
      expect(`${problem.message} ${JSON.stringify(problem.extension)}`).not.toContain('Lovelace');
    }
  });

  test('keeps its pointer a pointer, whatever the names are', () => {
    const { extension } = problemOf({ body: '{"name":"a","sizes":{"x/y~z":"big"}}' });
    expect(extension.errors).toMatchObject([{ pointer: '/sizes/*' }]);
  });
});

describe('a body', () => {
  test.each(['{', '{"name":"a",}', "{'name':'a'}", 'undefined', '{"name":"\\ud800"}', '{"\\udc00":1}'])(
    'that is no JSON text is refused: %s',
    (body) => {
      expect(problemOf({ body })).toMatchObject({ code: 'malformed-json' });
    },
  );

  test('may hold characters beyond the first plane, escaped or not', () => {
    for (const body of ['{"name":"😀"}', '{"name":"\\ud83d\\ude00"}']) {
      expect(read({ body }).body).toMatchObject({ name: '😀' });
    }
  });

  test('of another type is refused', () => {
    const problem = problemOf({ headers: { 'content-type': 'text/plain' } });
    expect(problem).toMatchObject({ code: 'unsupported-media-type' });
  });

  test('is limited by its bytes, not its characters', () => {
    const sized = (count: number, character: string) => `{"name":"${character.repeat(count)}"}`;
    const room = maximumBodyBytes - sized(0, '').length;
    expect(problemOf({ body: sized(room, 'a') })).toMatchObject({ code: 'invalid-request' });
    expect(problemOf({ body: sized(room + 1, 'a') })).toMatchObject({ code: 'payload-too-large' });
    expect(problemOf({ body: sized(room / 2 + 1, 'ä') })).toMatchObject({ code: 'payload-too-large' });
  });
});
