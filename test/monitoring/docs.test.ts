import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleFunctions } from '../../infra/platform/bundles.ts';

type Answer = { statusCode: number; headers: Record<string, string>; body: string };
let folder: string;
let get: (path: string) => Promise<Answer>;

/** The page's files are put into the function by the bundler, so the bundle is what is tried. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relearn-docs-'));
  const file = join(folder, 'index.mjs');
  await writeFile(file, (await bundleFunctions()).get('monitoring/docs')?.code ?? '');
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.CODE_VERSION = 'test';
  const { handler } = await import(pathToFileURL(file).href);
  get = (rawPath) => handler({ rawPath, headers: {}, requestContext: { requestId: 'request-1' } }, {});
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the page of the API', () => {
  it('is served with its own scripts and styles, and lets in nothing from elsewhere', async () => {
    const { statusCode, headers, body } = await get('/docs');
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    const files = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(2);
    for (const path of files) {
      expect(path).toMatch(/^\/docs\//);
      expect((await get(path)).statusCode).toBe(200);
    }
    expect(body).not.toMatch(/<script>|\son\w+=/);
  });

  it('shows the document of the route table', async () => {
    const { headers, body } = await get('/v1/openapi.json');
    expect(headers['content-type']).toContain('application/json');
    expect(JSON.parse(body).paths['/v1/models/{model}/rollouts'].post.operationId).toBe('postRollout');
  });

  it('answers an unknown file with a problem', async () => {
    const { statusCode, headers } = await get('/docs/../secret');
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json');
  });
});
