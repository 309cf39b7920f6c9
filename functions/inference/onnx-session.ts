import { InferenceSession, Tensor } from 'onnxruntime-node';
import { faultOfRow } from './domain/probabilities.ts';
import { ArtifactError, ModelFailureError } from './model-errors.ts';

const output = 'probabilities';
/** onnxruntime's own log could repeat what it was given; what it has to say comes as an exception too. */
const fatalOnly = 4;

/** N rows as the graph takes them, row-major: `numeric` N × k, NaN is missing; `categorical` N × m, '' is missing. */
export interface Tensors {
  readonly rows: number;
  readonly numeric: Float32Array;
  readonly categorical: readonly string[];
}

/** An ONNX graph in memory: `numeric` float32 [N, k] and `categorical` string [N, m] to `probabilities` float32 [N, C]. */
export interface OnnxSession {
  /** k; 0 where the graph has no such input. */
  readonly numericColumns: number;
  /** m; 0 where the graph has no such input. */
  readonly categoricalColumns: number;
  /** C. */
  readonly classes: number;
  /**
   * @returns probabilities, row-major [N × C]; each row was found to be whole
   * @throws ModelFailureError
   */
  run(tensors: Tensors): Promise<Float32Array>;
}

/**
 * Opens a graph.
 *
 * @param model - its bytes, or the path of a file: cheaper in memory where it is large
 * @param threads - more than the function's CPU share make it slower
 * @throws ArtifactError where onnxruntime refuses it, or its inputs and outputs are others
 */
export const openOnnxSession = async (model: Uint8Array | string, threads: number): Promise<OnnxSession> => {
  const session = await createSession(model, threads);
  const inputs = new Map(session.inputMetadata.map((value) => [value.name, columnsOf(value)]));
  const [result] = session.outputMetadata.map(columnsOf);
  const [numeric, categorical] = [inputs.get('numeric'), inputs.get('categorical')];
  const known = Number(numeric?.type === 'float32') + Number(categorical?.type === 'string');
  if (known === 0 || known < inputs.size || session.outputNames.join() !== output || result?.type !== 'float32') {
    throw new ArtifactError(
      'Expected a graph from numeric: float32[?,k] and categorical: string[?,m] to probabilities: float32[?,C]; this ' +
        `one goes from ${describe(session.inputMetadata)} to ${describe(session.outputMetadata)}. Train again.`,
    );
  }
  const [k, m, classes] = [numeric?.columns ?? 0, categorical?.columns ?? 0, result.columns];
  const feedsOf = (tensors: Tensors): InferenceSession.FeedsType => {
    const feeds: Record<string, Tensor> = {};
    if (k > 0) feeds.numeric = new Tensor('float32', tensors.numeric, [tensors.rows, k]);
    if (m > 0) feeds.categorical = new Tensor('string', tensors.categorical as string[], [tensors.rows, m]);
    return feeds;
  };
  return {
    numericColumns: k,
    categoricalColumns: m,
    classes,
    run: async (tensors) => {
      let results: InferenceSession.ReturnType;
      try {
        results = await session.run(feedsOf(tensors), [output]);
      } catch (cause) {
        // onnxruntime's words may repeat the input: they stay in the cause, which is never logged.
        throw new ModelFailureError('The graph failed on the input.', { cause });
      }
      return assertProbabilities(results[output], tensors.rows, classes);
    },
  };
};

const createSession = async (model: Uint8Array | string, threads: number): Promise<InferenceSession> => {
  try {
    return await InferenceSession.create(model as string, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: fatalOnly,
    });
  } catch (cause) {
    throw new ArtifactError('Expected a graph that onnxruntime can load; it refused this one. Train again.', { cause });
  }
};

/** Type and number of columns of a matrix; anything else has no type that fits. */
const columnsOf = (value: InferenceSession.ValueMetadata): { type: string; columns: number } => {
  const columns = value.isTensor && value.shape.length === 2 ? value.shape[1] : undefined;
  return value.isTensor && typeof columns === 'number' ? { type: value.type, columns } : { type: 'none', columns: 0 };
};

const describe = (values: readonly InferenceSession.ValueMetadata[]): string =>
  values.map((value) => `${value.name}${value.isTensor ? `: ${value.type}[${value.shape}]` : ''}`).join(', ');

const assertProbabilities = (tensor: Tensor | undefined, rows: number, classes: number): Float32Array => {
  const flat = tensor?.data;
  if (!(flat instanceof Float32Array) || flat.length !== rows * classes) {
    throw new ModelFailureError(`Expected ${rows} × ${classes} probabilities, got ${tensor?.dims.join(' × ')}.`);
  }
  for (let row = 0; row < rows; row += 1) {
    const fault = faultOfRow(flat, row, classes);
    if (fault !== undefined) throw new ModelFailureError(`The graph answered with no probabilities: ${fault}.`);
  }
  return flat;
};
