import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { copyNativeRuntime, nativeRuntime } from '../../infra/platform/native-runtime.ts';
import { root } from '../../local/paths.ts';
import { benchFolder } from './fixtures.ts';

/** The predict function as it is deployed: one module, and onnxruntime beside it. */
export interface Package {
  readonly folder: string;
  /** Path of the module. */
  readonly entry: string;
  readonly bundleBytes: number;
  readonly x64Bytes: number;
  readonly arm64Bytes: number;
}

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** Bundles as infra/platform/bundle.ts does. */
export const buildPackage = async (): Promise<Package> => {
  const folder = join(benchFolder, 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, 'index.mjs');
  await build({
    entryPoints: [join(root, 'functions/inference/predict.ts')],
    outfile: entry,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    external: [nativeRuntime],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  copyNativeRuntime(root, folder);
  const binaries = (base: string, architecture: string): number =>
    bytesBelow(join(base, nativeRuntime, 'bin/napi-v6/linux', architecture));
  const x64Bytes = bytesBelow(folder);
  const ofArchitecture = binaries(join(folder, 'node_modules'), 'x64');
  return {
    folder,
    entry,
    bundleBytes: statSync(entry).size,
    x64Bytes,
    arm64Bytes: x64Bytes - ofArchitecture + binaries(join(root, 'node_modules'), 'arm64'),
  };
};
