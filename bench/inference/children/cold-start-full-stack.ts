/** The same function of the same parts as the others: SDK clients, entities, middleware, schemas; not bundled. */
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import httpCors from '@middy/http-cors';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import httpSecurityHeaders from '@middy/http-security-headers';
import { Entity } from 'electrodb';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import * as z from 'zod';

const Body = z.strictObject({ input: z.record(z.string(), z.number()) });
const logger = new Logger();
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const objects = new S3Client({ forcePathStyle: true });
const text = { type: 'string', required: true } as const;
const key = (field: string, template: string) => ({ field, composite: ['tenant'] as const, template });
const models = new Entity(
  {
    model: { entity: 'model', version: '1', service: 'bench' },
    attributes: { tenant: text, name: text },
    indexes: { byName: { pk: key('pk', 'tenant#${tenant}#models'), sk: key('sk', 'model#${tenant}') } },
  },
  { client: table, table: 'table' },
);
const Keys = [
  { pk: 'tenant#acme#models', sk: 'model#trees' },
  { pk: 'tenant#acme#model#trees', sk: 'route' },
];

const [{ Responses }] = await Promise.all([
  table.send(new BatchGetCommand({ RequestItems: { table: { Keys } } })),
  new KMSClient({}).send(
    new GenerateMacCommand({ KeyId: 'key', MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('label') }),
  ),
]);
const route = Responses?.table?.find(({ sk }) => sk === 'route');
const Key = `tenants/acme/artifacts/sha256/${route?.champion.digest}`;
const { Body: content } = await objects.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
const session = await InferenceSession.create((await content?.transformToByteArray()) as Uint8Array, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
await session.run({ numeric: new Tensor('float32', new Float32Array(30), [1, 30]) });

export const handler = middy()
  .use(httpHeaderNormalizer())
  .use(httpJsonBodyParser())
  .use(httpCors())
  .use(httpSecurityHeaders())
  .handler(async ({ body }: { body?: unknown }) => {
    const { input } = Body.parse(body);
    logger.info('predicted', { entity: models.schema.model.entity });
    return session.run({ numeric: new Tensor('float32', Float32Array.from(Object.values(input)), [1, 30]) });
  });
process.stdout.write('ready\n', () => process.exit(0));
