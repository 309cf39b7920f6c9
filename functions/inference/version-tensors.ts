import type { Tensors } from './onnx-session.ts';
import type { ServedVersion } from './served-model.ts';

/** @returns one input as the version takes it; undefined where it does not fit the schema */
export const tensorsOf = (
  { reader }: Pick<ServedVersion, 'reader'>,
  input: Readonly<Record<string, unknown>>,
): Tensors | undefined => {
  const numeric = new Float32Array(reader.numericColumns);
  const categorical = new Array<string>(reader.categoricalColumns);
  return reader.read(input, numeric, categorical, 0) ? { rows: 1, numeric, categorical } : undefined;
};
