import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environments } from '../../contracts/environment.ts';
import { type Bundles, bundleFunctions, writeBundles } from '../../infra/platform/bundles.ts';

/** One with onnxruntime, one without. */
const written = ['inference/predict', 'models/api'];

let bundles: Bundles;
let folder: string;
beforeAll(async () => {
  bundles = await bundleFunctions();
  folder = mkdtempSync(join(tmpdir(), 'relearn-bundles-'));
  writeBundles(new Map([...bundles].filter(([entry]) => written.includes(entry))), folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes of all files of a folder. */
const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);

describe('bundles', () => {
  test('are there for each function of the contract', () => {
    expect([...bundles.keys()].sort()).toEqual(Object.keys(environments).sort());
  });

  test('hold everything but what Node and onnxruntime bring', () => {
    for (const [entry, { code }] of bundles) {
      const imported = [
        ...Buffer.from(code)
          .toString()
          .matchAll(/\bfrom"([^".]+?)"|\bimport"([^".]+?)"/g),
      ];
      const foreign = imported
        .map(([, from, bare]) => from ?? bare ?? '')
        .filter((name) => /^[@a-z]/.test(name) && !/^(node:|onnxruntime-node)/.test(name));
      const builtIn = process.getBuiltinModule('module').builtinModules;
      expect({ entry, foreign: foreign.filter((name) => !builtIn.includes(name)) }).toEqual({ entry, foreign: [] });
    }
  });

  test('carry onnxruntime where a model is run, and nowhere else', () => {
    const native = [...bundles].filter(([, bundle]) => bundle.native).map(([entry]) => entry);
    expect(native.sort()).toEqual([
      'inference/explain',
      'inference/predict',
      'models/gate-version',
      'monitoring/evaluate',
      'monitoring/score-performance',
      'rollouts/judge-rollout',
    ]);
    expect(readdirSync(join(folder, 'inference/predict'))).toEqual(['index.mjs', 'node_modules']);
    expect(readdirSync(join(folder, 'models/api'))).toEqual(['index.mjs']);
  });

  test('of prediction stay small: 450 kB of code, 60 MB in all', () => {
    expect(bundles.get('inference/predict')?.code.length).toBeLessThanOrEqual(450_000);
    expect(sizeOf(join(folder, 'inference/predict'))).toBeLessThanOrEqual(60_000_000);
  });
});
