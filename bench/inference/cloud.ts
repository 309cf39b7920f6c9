import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { objectKeys } from '../../contracts/keys.ts';
import type { ModelSchema } from '../../contracts/model.ts';
import type { Route } from '../../contracts/route-item.ts';

/** What one model's requests need, as table and bucket hold it. */
export interface ServedFixture {
  readonly tenant: string;
  readonly model: string;
  readonly schema: ModelSchema;
  readonly route: Route;
  /** By digest. */
  readonly artifacts: ReadonlyMap<string, Uint8Array>;
}

/** The table, the bucket and the key as they answer over HTTP, from memory: so that only our own time is measured. */
export interface BenchCloud {
  readonly url: string;
  close(): Promise<void>;
}

const marshall = (value: unknown): unknown => {
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(marshall) };
  if (typeof value === 'object') return { M: marshallItem(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  return typeof value === 'number' ? { N: String(value) } : { S: String(value) };
};

const marshallItem = (item: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (value === undefined ? [] : [[name, marshall(value)]])),
  );

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const respond = (fixtures: readonly ServedFixture[], target: string, body: string): unknown => {
  const { RequestItems } = JSON.parse(body) as { RequestItems: Record<string, { Keys: { pk: { S: string } }[] }> };
  if (target.endsWith('GenerateMac')) return { Mac: Buffer.alloc(32, 7).toString('base64') };
  if (target.endsWith('Query')) {
    return { Items: fixtures.map(({ tenant, model }) => marshallItem({ owner: tenant, name: model })) };
  }
  const items = fixtures.flatMap(({ tenant, model, schema, route }) => [
    { pk: `tenant#${tenant}#models`, sk: `model#${model}`, definition: { schema } },
    { pk: `tenant#${tenant}#model#${model}`, sk: 'route', ...route },
  ]);
  return {
    Responses: Object.fromEntries(
      Object.entries(RequestItems).map(([table, { Keys }]) => {
        const wanted = new Set(Keys.map(({ pk }) => pk.S));
        return [table, items.filter(({ pk }) => wanted.has(pk)).map(marshallItem)];
      }),
    ),
  };
};

export const startBenchCloud = async (fixtures: readonly ServedFixture[]): Promise<BenchCloud> => {
  const objects = new Map(
    fixtures.flatMap(({ tenant, artifacts }) =>
      [...artifacts].map(([digest, bytes]) => [objectKeys.artifact(tenant, digest), bytes] as const),
    ),
  );
  const server: Server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      const bytes = objects.get((request.url ?? '').split('/').slice(2).join('/'));
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
      return;
    }
    const target = String(request.headers['x-amz-target']);
    response.end(JSON.stringify(respond(fixtures, target, await bodyOf(request))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
