import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { environments, type FunctionName } from '../../contracts/environment.ts';
import { root } from '../paths.ts';
import { copyNativeRuntime, isNativeRuntime, nativeRuntime } from './native-runtime.ts';

/** A function as one ES module, the SDK included. */
export interface Bundle {
  readonly code: Uint8Array;
  /** Whether the code loads onnxruntime, which has to travel beside it. */
  readonly native: boolean;
}

/** Every function by its name in contracts/environment.ts. */
export type Bundles = ReadonlyMap<FunctionName, Bundle>;

const everyFunction = Object.keys(environments) as FunctionName[];

/** Leaves onnxruntime out of bundles. Loading it has no effect in itself, so who uses nothing of it does not load it. */
const nativeRuntimeOutside: Plugin = {
  name: 'native-runtime-outside',
  setup: ({ onResolve }) => {
    onResolve({ filter: new RegExp(`^${nativeRuntime}(/|$)`) }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
  },
};

/**
 * Bundles functions in one run of esbuild, which takes a second for all of them; a run for each would take ten.
 * Packages that are CommonJS call `require`, which an ES module has to make for itself.
 *
 * @throws Error of esbuild, naming the place: such as a function that has no file
 */
export const bundleFunctions = async (entries = everyFunction): Promise<Bundles> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => join(root, 'functions', `${entry}.ts`)),
    outbase: 'functions',
    outdir: 'functions',
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
    plugins: [nativeRuntimeOutside],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const file = relative(root, path);
      const native = metafile.outputs[file]?.imports.some((imported) => isNativeRuntime(imported.path)) ?? false;
      const entry = relative(join(root, 'functions'), path).replace(/\.mjs$/, '') as FunctionName;
      return [entry, { code: contents, native }];
    }),
  );
};

/**
 * Writes what Lambda gets, a folder for each function: `index.mjs`, and `node_modules` where it loads onnxruntime.
 */
export const writeBundles = (bundles: Bundles, folder: string): void => {
  for (const [entry, { code, native }] of bundles) {
    const file = join(folder, entry, 'index.mjs');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    if (native) copyNativeRuntime(root, dirname(file));
  }
};
