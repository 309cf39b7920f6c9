import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Served, tenant } from './fixtures.ts';

/**
 * The table, the bucket and the key as they answer the predict function over HTTP, from memory and at once: what is left
 * is the function's own time.
 */
export interface BenchCloud {
  readonly url: string;
  close(): Promise<void>;
}

const marshall = (value: unknown): unknown => {
  if (Array.isArray(value)) return { L: value.map(marshall) };
  if (typeof value === 'object') return { M: marshallItem(value ?? {}) };
  if (typeof value === 'boolean') return { BOOL: value };
  return typeof value === 'number' ? { N: String(value) } : { S: String(value) };
};

const marshallItem = (item: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, marshall(value)]));

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const itemsOf = ({ model, schema, route }: Served): Record<string, unknown>[] =>
  [
    { pk: `tenant#${tenant}#models`, sk: `model#${model}`, definition: { schema } },
    { pk: `tenant#${tenant}#model#${model}`, sk: 'route', ...route },
  ].map(marshallItem);

interface BatchGet {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly { readonly sk: { readonly S: string } }[] }>
  >;
}

const batchGet = ({ RequestItems }: BatchGet, items: readonly Record<string, unknown>[]): unknown => {
  const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries(RequestItems);
  const wanted = new Set(Keys.map((key) => JSON.stringify(key)));
  return { Responses: { [table]: items.filter(({ pk, sk }) => wanted.has(JSON.stringify({ pk, sk }))) } };
};

export const startBenchCloud = async (models: readonly Served[]): Promise<BenchCloud> => {
  const objects = new Map(models.map(({ key, artifact }) => [key, artifact]));
  const items = models.flatMap(itemsOf);
  const operations: Readonly<Record<string, (input: BatchGet) => unknown>> = {
    'TrentService.GenerateMac': () => ({ Mac: Buffer.alloc(32, 7).toString('base64') }),
    'DynamoDB_20120810.Query': () => ({
      Items: models.map(({ model }) => marshallItem({ owner: tenant, name: model })),
    }),
    'DynamoDB_20120810.BatchGetItem': (input) => batchGet(input, items),
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const object = objects.get(pathname.split('/').slice(2).join('/'));
    if (request.method === 'GET') {
      response.writeHead(object === undefined ? 404 : 200).end(object);
      return;
    }
    const operation = operations[String(request.headers['x-amz-target'])];
    const input = JSON.parse(await readBody(request)) as BatchGet;
    response.writeHead(operation === undefined ? 400 : 200).end(JSON.stringify(operation?.(input) ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** The predict function's environment on such a cloud, and nothing of this process's. */
export const functionEnvironment = (url: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  TZ: 'UTC',
  CODE_VERSION: 'bench',
  TABLE_NAME: 'table',
  BUCKET_NAME: 'bucket',
  HMAC_KEY_ID: 'key',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL: url,
  // As in the deployed function: onnxruntime would report its use to its maker.
  ORT_DISABLE_TELEMETRY: '1',
});
