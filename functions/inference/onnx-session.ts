import { Tensor } from 'onnxruntime-node';
import { type Binding, binding, initOrt } from 'onnxruntime-node/dist/binding.js';
import { faultOfRow } from './domain/probabilities.ts';
import { firstNotFinite } from './domain/values.ts';
import { ArtifactError, ModelFailureError } from './model-errors.ts';

/*
 * onnxruntime's public session waits for a turn of the event loop before each run, and then blocks it all the same:
 * that wait costs more than a small model. The session below it, which it wraps, is used here instead. It is no public
 * interface, so the package is pinned to one version, and test/inference/onnx-session.test.ts compares the two.
 */

/** What a graph answers with: probabilities of classes, or one number. */
const Output = { Probabilities: 'probabilities', Values: 'values' } as const;
/** onnxruntime's own log could repeat what it was given; what it has to say comes as an exception too. */
const fatalOnly = 4;
/** TensorProto.DataType of the ONNX specification. */
const dataTypes: Readonly<Record<number, string>> = { 1: 'float32', 8: 'string' };

/** N rows as the graph takes them, row-major: `numeric` N × k, NaN is missing; `categorical` N × m, '' is missing. */
export interface Tensors {
  readonly rows: number;
  readonly numeric: Float32Array;
  readonly categorical: readonly string[];
}

/**
 * An ONNX graph in memory: `numeric` float32 [N, k] and `categorical` string [N, m] to `probabilities` float32 [N, C], or
 * to `values` float32 [N, 1].
 */
export interface OnnxSession {
  /** k; 0 where the graph has no such input. */
  readonly numericColumns: number;
  /** m; 0 where the graph has no such input. */
  readonly categoricalColumns: number;
  /** C; 0 where the graph answers with one number. */
  readonly classes: number;
  /**
   * Blocks until it is done.
   *
   * @returns probabilities, row-major [N × C], or values [N]; each row was found to be whole
   * @throws ModelFailureError
   */
  run(tensors: Tensors): Float32Array;
}

/**
 * Opens a graph.
 *
 * @param model - its bytes, or the path of a file: cheaper in memory where it is large
 * @param threads - more than the function's CPU share make it slower
 * @throws ArtifactError where onnxruntime refuses it, or its inputs and outputs are others
 */
export const openOnnxSession = (model: Uint8Array | string, threads: number): OnnxSession => {
  const session = createSession(model, threads);
  const inputs = new Map(session.inputMetadata.map((value) => [value.name, matrixOf(value)]));
  const [result] = session.outputMetadata.map(matrixOf);
  const [numeric, categorical] = [inputs.get('numeric'), inputs.get('categorical')];
  const known = Number(numeric?.type === 'float32') + Number(categorical?.type === 'string');
  const output = session.outputMetadata.map(({ name }) => name).join();
  const isValues = output === Output.Values && result?.columns === 1;
  if (
    known === 0 ||
    known < inputs.size ||
    result?.type !== 'float32' ||
    !(isValues || output === Output.Probabilities)
  ) {
    throw new ArtifactError(
      'Expected a graph from numeric: float32[?,k] and categorical: string[?,m] to probabilities: float32[?,C] or ' +
        `values: float32[?,1]; this one goes from ${describe(session.inputMetadata)} to ` +
        `${describe(session.outputMetadata)}. Train again.`,
    );
  }
  const [k, m, columns] = [numeric?.columns ?? 0, categorical?.columns ?? 0, result.columns];
  const feedsOf = ({ rows, numeric, categorical }: Tensors): Record<string, Tensor> => {
    const feeds: Record<string, Tensor> = {};
    if (k > 0) feeds.numeric = new Tensor('float32', numeric, [rows, k]);
    if (m > 0) feeds.categorical = new Tensor('string', categorical as string[], [rows, m]);
    return feeds;
  };
  const fetches = { [output]: null };
  const assertRows = isValues ? assertFinite : assertProbabilities;
  return {
    numericColumns: k,
    categoricalColumns: m,
    classes: isValues ? 0 : columns,
    run: (tensors) => {
      let results: ReturnType<Binding.InferenceSession['run']>;
      try {
        results = session.run(feedsOf(tensors), fetches, {});
      } catch (cause) {
        // onnxruntime's words may repeat the input: they stay in the cause, which is never logged.
        throw new ModelFailureError('threw', 'The graph failed on the input.', { cause });
      }
      const flat = flatOf(results[output] as Tensor | undefined, tensors.rows, columns);
      assertRows(flat, tensors.rows, columns);
      return flat;
    },
  };
};

const createSession = (model: Uint8Array | string, threads: number): Binding.InferenceSession => {
  const options = {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: fatalOnly,
  } as const;
  try {
    initOrt();
    const session = new binding.InferenceSession();
    if (typeof model === 'string') session.loadModel(model, options);
    else session.loadModel(model.buffer as ArrayBuffer, model.byteOffset, model.byteLength, options);
    return session;
  } catch (cause) {
    throw new ArtifactError('Expected a graph that onnxruntime can load; it refused this one. Train again.', { cause });
  }
};

/** Type and number of columns of a matrix; anything else has no type that fits. */
const matrixOf = ({ isTensor, type, shape }: Binding.ValueMetadata): { type: string | undefined; columns: number } => {
  const columns = isTensor && shape.length === 2 ? (shape[1] ?? 0) : 0;
  return { type: columns > 0 ? dataTypes[type] : undefined, columns };
};

const describe = (values: readonly Binding.ValueMetadata[]): string =>
  values
    .map(({ name, isTensor, type, shape }) => (isTensor ? `${name}: ${dataTypes[type] ?? type}[${shape}]` : name))
    .join(', ');

const flatOf = (tensor: Tensor | undefined, rows: number, columns: number): Float32Array => {
  const flat = tensor?.data;
  if (flat instanceof Float32Array && flat.length === rows * columns) return flat;
  const found = tensor?.dims.join(' × ');
  throw new ModelFailureError('malformed', `Expected ${rows} × ${columns} numbers, got ${found}.`);
};

const assertProbabilities = (flat: Float32Array, rows: number, classes: number): void => {
  for (let row = 0; row < rows; row += 1) {
    const fault = faultOfRow(flat, row, classes);
    if (fault === undefined) continue;
    throw new ModelFailureError('malformed', `The graph answered with no probabilities: ${fault}.`);
  }
};

const assertFinite = (flat: Float32Array): void => {
  const found = firstNotFinite(flat);
  if (found === undefined) return;
  throw new ModelFailureError('malformed', `The graph answered with no number: expected a finite one, got ${found}.`);
};
