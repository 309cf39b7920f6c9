/** The same function the usual way: SDK clients, middleware and schemas, loaded from node_modules file by file. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import * as z from 'zod';

const Body = z.strictObject({ input: z.record(z.string(), z.number()) });
const logger = new Logger();
const metrics = new Metrics({ namespace: 'bench' });
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const objects = new S3Client({ forcePathStyle: true });
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
  .handler(async ({ body }: { body?: unknown }) => {
    const { input } = Body.parse(body);
    metrics.addMetric('predictions', 'Count', 1);
    logger.info('predicted');
    return session.run({ numeric: new Tensor('float32', Float32Array.from(Object.values(input)), [1, 30]) });
  });
process.stdout.write('ready\n', () => process.exit(0));
