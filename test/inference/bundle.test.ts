import { beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

let bytes: number;
let packages: Set<string>;

beforeAll(async () => {
  const { metafile } = await build({
    entryPoints: ['functions/inference/predict.ts'],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
  });
  const [output] = Object.values(metafile.outputs);
  bytes = output?.bytes ?? 0;
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  packages = new Set(used.flatMap(([path]) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
});

describe("the predict function's bundle", () => {
  test('holds no SDK and nothing else that a cold start would wait for', () => {
    const known = [
      '@aws-lambda-powertools/commons',
      '@aws-lambda-powertools/logger',
      '@aws/lambda-invoke-store',

      'zod',
    ];
    expect([...packages].filter((name) => !known.includes(name))).toEqual([]);
  });

  test('is small', () => {
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(200_000);
  });
});
