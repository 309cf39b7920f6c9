import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The one package that cannot be bundled: its native library is loaded from beside its JavaScript. */
export const nativeRuntime = 'onnxruntime-node';

export const isNativeRuntime = (imported: string): boolean =>
  imported === nativeRuntime || imported.startsWith(`${nativeRuntime}/`);

/** What Lambda on x86_64 needs of it: 46 MB of the 290 that the package holds. */
const needed = [
  'onnxruntime-node/package.json',
  'onnxruntime-node/dist',
  'onnxruntime-node/bin/napi-v6/linux/x64',
  'onnxruntime-common/package.json',
  'onnxruntime-common/dist/cjs',
];

const unneeded = /\.(d\.ts|map)$/;

/** Copies onnxruntime into a bundle's `node_modules`. */
export const copyNativeRuntime = (root: string, folder: string): void => {
  for (const path of needed) {
    const target = join(folder, 'node_modules', path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, 'node_modules', path), target, {
      recursive: true,
      filter: (file) => !unneeded.test(file),
    });
  }
};
