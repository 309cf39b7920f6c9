import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { environments, type FunctionName } from '../../contracts/environment.ts';
import { copyNativeRuntime, nativeRuntime } from './native-runtime.ts';

export const root = resolve(import.meta.dirname, '../..');

const sourceOf = (entry: FunctionName): string => join(root, 'functions', `${entry}.ts`);

interface Bundle {
  readonly code: Uint8Array;
  /** Whether the code loads onnxruntime, which has to travel beside it. */
  readonly native: boolean;
}

let bundles: ReadonlyMap<string, Bundle> | undefined;

/**
 * Bundles every function in one run, which costs a second; one run each would cost ten.
 * Packages that are CommonJS call `require`, which an ES module has to make for itself.
 */
const bundleAll = (): ReadonlyMap<string, Bundle> => {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: Object.keys(environments).map((entry) => sourceOf(entry as FunctionName)),
    outbase: 'functions',
    outdir: 'bundles',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    external: [nativeRuntime],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const imports = metafile.outputs[relative(root, path)]?.imports ?? [];
      const entry = relative(join(root, 'bundles'), path).replace(/\.mjs$/, '');
      return [entry, { code: contents, native: imports.some((imported) => imported.path === nativeRuntime) }];
    }),
  );
};

const writeBundle = (entry: FunctionName, folder: string): void => {
  bundles ??= bundleAll();
  const bundle = bundles.get(entry);
  if (bundle === undefined) throw new Error(`esbuild gave no bundle for functions/${entry}.ts`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), bundle.code);
  if (bundle.native) copyNativeRuntime(root, folder);
};

/**
 * A function's code as one ES module, the SDK included; bundled by esbuild on the machine that synthesises, without
 * Docker and without npm.
 *
 * @param entry - path of the handler's file below `functions/`, without `.ts`
 */
export const bundledCode = (entry: FunctionName): Code => {
  const source = sourceOf(entry);
  if (!existsSync(source)) throw new Error(`Expected the handler of ${entry} at ${source}, and found no file.`);
  return Code.fromAsset(join(source, '..'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never started: the local bundler always succeeds or throws. The command tells this asset's cache entry from others.
      image: DockerImage.fromRegistry('none'),
      command: [entry],
      local: {
        tryBundle: (folder) => {
          writeBundle(entry, folder);
          return true;
        },
      },
    },
  });
};
