/** Bundles the check with the code under test, changed where a defect is to be seeded. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { root } from '../gates.ts';
import type { StateMachine } from './cloud/state-machine.ts';

/** A change of the source. */
export interface Edit {
  /** From the project's root. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Built {
  /** An ES module for a worker. */
  readonly code: string;
  /** Of the rollout's state machine. */
  readonly definition: StateMachine;
}

const definitionFile = 'statemachines/rollouts/rollout.asl.json';

/** @throws Error where the text does not stand there exactly once: the edit is out of date */
const apply = (text: string, { file, find, replace }: Edit): string => {
  const count = text.split(find).length - 1;
  if (count === 1) return text.replace(find, () => replace);
  throw new Error(`Expected to find exactly once in ${file}, found ${count} times: ${find}`);
};

/** @throws Error where an edit of the file does not fit it */
export const readEdited = async (path: string, edits: readonly Edit[]): Promise<string> =>
  edits.filter(({ file }) => file === relative(root, path)).reduce(apply, await readFile(path, 'utf8'));

const edited = (edits: readonly Edit[]): Plugin => ({
  name: 'edited',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/functions\/.*\.ts$/ }, async ({ path }) => ({
      contents: await readEdited(path, edits),
      loader: 'ts',
    }));
  },
});

/** Pauses are points where others go on, not time that passes. */
const virtualTime: Plugin = {
  name: 'virtual-time',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^node:timers\/promises$/ }, ({ importer }) =>
      importer.includes('/functions/') ? { path: `${root}test/protocol/cloud/virtual-time.ts` } : undefined,
    );
  },
};

/** No model is run: versions answer from a table. */
const nativeRuntimeOutside: Plugin = {
  name: 'native-runtime-outside',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^onnxruntime-node/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};

/** @throws Error where an edit does not fit the source */
export const buildCheck = async (edits: readonly Edit[] = []): Promise<Built> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['test/protocol/worker.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    plugins: [edited(edits), virtualTime, nativeRuntimeOutside],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
  const outside = edits.find(({ file }) => file !== definitionFile && metafile.inputs[file] === undefined);
  if (outside !== undefined) throw new Error(`Expected ${outside.file} to be part of the check, and it is not.`);
  const definition = JSON.parse(await readEdited(`${root}${definitionFile}`, edits)) as StateMachine;
  return { code: outputFiles[0]?.text ?? '', definition };
};
