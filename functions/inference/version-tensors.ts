import { Problem } from '../platform/errors.ts';
import type { Tensors } from './onnx-session.ts';
import type { ServedVersion } from './served-model.ts';

type Read = Pick<ServedVersion, 'reader'>;
type Input = Readonly<Record<string, unknown>>;

/** @returns one input as the version takes it; undefined where it does not fit the schema */
export const tensorsOf = ({ reader }: Read, input: Input): Tensors | undefined => {
  const numeric = new Float32Array(reader.numericColumns);
  const categorical = new Array<string>(reader.categoricalColumns);
  return reader.read(input, numeric, categorical, 0) ? { rows: 1, numeric, categorical } : undefined;
};

/** @throws Problem `invalid-input` naming each fault of a request's input */
export const readInput = (version: Read, input: Input): Tensors => {
  const tensors = tensorsOf(version, input);
  if (tensors !== undefined) return tensors;
  const errors = version.reader.faultsOf(input).map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }));
  const [first] = errors;
  throw new Problem(
    'invalid-input',
    `${first?.pointer}: ${first?.detail}. ${errors.length} of its fields do not fit; GET the model for its schema.`,
    { errors },
  );
};
