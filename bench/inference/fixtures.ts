import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectKeys } from '../../contracts/keys.ts';
import type { ModelSchema } from '../../contracts/model.ts';
import type { Route } from '../../contracts/route-item.ts';
import { localFolder } from '../../local/paths.ts';

/** Models made by bench/python/make_models.py, each of 30 numbers and two classes. */
export type BenchModel = 'trees' | 'network' | 'large';

export const benchFolder = join(localFolder, 'bench');
export const graphFile = (model: BenchModel): string => join(benchFolder, `${model}.onnx`);

export const tenant = 'acme';
export const features = Array.from({ length: 30 }, (_, index) => `feature_${index}`);
export const classes = ['no', 'yes'];

/** A model as table and bucket hold it. */
export interface Served {
  readonly model: BenchModel;
  readonly schema: ModelSchema;
  readonly route: Route;
  readonly key: string;
  readonly artifact: Uint8Array;
}

export const served = (model: BenchModel): Served => {
  const artifact = readFileSync(graphFile(model));
  const digest = createHash('sha256').update(artifact).digest('hex');
  const signature = { numeric: features, categorical: [], classes };
  const champion = { version: 'v1.0.0', digest, bytes: artifact.length, signature, cut: 1 };
  return {
    model,
    schema: {
      fields: Object.fromEntries(features.map((name) => [name, { kind: 'feature', type: 'number', required: true }])),
      label: { type: 'category', classes },
    },
    route: { champion, weight: 0, salt: 's', revision: 1, previous: [], updatedAt: '2026-01-02T03:04:05.000Z' },
    key: objectKeys.artifact(tenant, digest),
    artifact,
  };
};

/** Rows of numbers around zero with the digits of real measurements, the same each time. */
export const rowsOf = (count: number): number[][] => {
  let state = 42;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Number(((state / 2 ** 32 - 0.5) * 6).toFixed(5));
  };
  return Array.from({ length: count }, () => features.map(next));
};

export const bodyOf = (row: readonly number[]): string =>
  JSON.stringify({ input: Object.fromEntries(row.map((value, index) => [features[index], value])) });

/** The request as API Gateway hands it to the function. */
export const eventOf = (model: BenchModel, body: string): unknown => ({
  version: '2.0',
  routeKey: 'POST /v1/models/{model}/predictions',
  headers: { 'content-type': 'application/json', 'user-agent': 'bench', host: 'localhost' },
  requestContext: {
    requestId: 'bench',
    authorizer: { jwt: { claims: { token_use: 'access', sub: 'user', tenant, role: 'app' } } },
  },
  pathParameters: { model },
  isBase64Encoded: false,
  body,
});
