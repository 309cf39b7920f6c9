import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { problems } from '../../contracts/problems.ts';
import { prefix, routes } from '../../contracts/routes/index.ts';
import { makeOpenApiDocument } from '../../functions/monitoring/openapi.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = makeOpenApiDocument();

const operationOf = (path: string, method: string) =>
  document.paths?.[`${prefix}${path}`]?.[method.toLowerCase() as 'get'];

describe('the OpenAPI document', () => {
  it('holds each route of the table, and nothing else', () => {
    const operations = Object.values(document.paths ?? {}).flatMap((item) => Object.values(item ?? {}));
    expect(operations).toHaveLength(routes.length);
    for (const { id, slice, path, method } of routes) {
      expect(operationOf(path, method)).toMatchObject({ operationId: id, tags: [slice] });
    }
  });

  it('asks for a bearer token exactly where the route has roles', () => {
    for (const { path, method, roles } of routes) {
      expect(operationOf(path, method)?.security).toEqual(roles === 'public' ? [] : [{ bearer: [] }]);
    }
  });

  const changingNothing = ['postPrediction', 'postExplanation', 'postSuggestions'];
  it('takes an Idempotency-Key on each operation that changes something, and on no other', () => {
    for (const { id, path, method } of routes) {
      const { parameters = [], responses } = operationOf(path, method) ?? {};
      const takes = JSON.stringify(parameters).includes('IdempotencyKey');
      expect({ path, takes }).toEqual({ path, takes: method !== 'GET' && !changingNothing.includes(id) });
      if (takes) expect(Object.keys(responses ?? {})).toContain('409');
    }
  });

  it('describes each answer and each problem that a route names', () => {
    for (const route of routes) {
      const answers = Object.keys(operationOf(route.path, route.method)?.responses ?? {});
      for (const status of Object.keys(route.responses)) expect(answers).toContain(status);
      const named = route.problems.filter(
        (code) => route.roles !== 'public' || !['unauthorized', 'forbidden'].includes(code),
      );
      for (const code of named) expect(answers).toContain(String(problems[code].status));
    }
  });

  it('is the one in docs/, from which the client was generated', async () => {
    await expect(promisify(execFile)('node', ['client/generate.ts', '--check'], { cwd: root })).resolves.toBeDefined();
  }, 180_000);

  it('passes the linter', async () => {
    await expect(promisify(execFile)('redocly', ['lint'], { cwd: root })).resolves.toBeDefined();
  }, 180_000);
});
