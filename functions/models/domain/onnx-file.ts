import { MalformedProtobufError, readFields, type WireField } from './protobuf.ts';

/** What an ONNX file says of itself, read without running any of it. */
export interface OnnxFile {
  readonly irVersion: number;
  /** Version of each operator set, by its domain; `ai.onnx` for the standard one. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: number;
  /** Each operator used, as `domain.Name`: `ai.onnx.ml.TreeEnsembleClassifier`. */
  readonly operators: ReadonlySet<string>;
  /** Some tensor's values lie in another file. */
  readonly hasExternalData: boolean;
  /** Some node holds a graph of its own: a loop or a branch. */
  readonly hasSubgraphs: boolean;
  /** The file defines operators of its own, or how to train. */
  readonly hasFunctions: boolean;
}

/** Field numbers of the ONNX specification, onnx/onnx.proto. */
const modelProto = { irVersion: 1, graph: 7, opset: 8, trainingInfo: 20, functions: 25 } as const;
const opsetProto = { domain: 1, version: 2 } as const;
const graphProto = { node: 1, initializer: 5, sparseInitializer: 15 } as const;
const nodeProto = { operator: 4, attribute: 5, domain: 7 } as const;
const attributeProto = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparse: 22, sparses: 23 } as const;
const tensorProto = { externalData: 13, dataLocation: 14 } as const;
const sparseProto = { values: 1, indices: 2 } as const;

const standardDomain = 'ai.onnx';

const textOf = (field: WireField): string =>
  'bytes' in field ? String.fromCharCode(...field.bytes.subarray(0, 200)) : '';

const messageOf = (field: WireField): Uint8Array => {
  if ('bytes' in field) return field.bytes;
  throw new MalformedProtobufError(`Expected a message in field ${field.number}, found a number.`);
};

const isExternalTensor = (tensor: Uint8Array): boolean =>
  readFields(tensor).some(
    (field) =>
      field.number === tensorProto.externalData ||
      (field.number === tensorProto.dataLocation && 'varint' in field && field.varint !== 0),
  );

const isExternalSparse = (sparse: Uint8Array): boolean =>
  readFields(sparse).some(
    (field) =>
      (field.number === sparseProto.values || field.number === sparseProto.indices) &&
      isExternalTensor(messageOf(field)),
  );

/** What the walk finds, gathered on the way. */
interface Findings {
  nodes: number;
  readonly operators: Set<string>;
  hasExternalData: boolean;
  hasSubgraphs: boolean;
}

const walkAttribute = (attribute: Uint8Array, found: Findings): void => {
  for (const field of readFields(attribute)) {
    if (field.number === attributeProto.graph || field.number === attributeProto.graphs) found.hasSubgraphs = true;
    if (field.number === attributeProto.tensor || field.number === attributeProto.tensors) {
      found.hasExternalData ||= isExternalTensor(messageOf(field));
    }
    if (field.number === attributeProto.sparse || field.number === attributeProto.sparses) {
      found.hasExternalData ||= isExternalSparse(messageOf(field));
    }
  }
};

const walkNode = (node: Uint8Array, found: Findings): void => {
  let [domain, operator] = ['', ''];
  for (const field of readFields(node)) {
    if (field.number === nodeProto.operator) operator = textOf(field);
    if (field.number === nodeProto.domain) domain = textOf(field);
    if (field.number === nodeProto.attribute) walkAttribute(messageOf(field), found);
  }
  found.nodes += 1;
  found.operators.add(`${domain || standardDomain}.${operator}`);
};

const walkGraph = (graph: Uint8Array, found: Findings): void => {
  for (const field of readFields(graph)) {
    if (field.number === graphProto.node) walkNode(messageOf(field), found);
    if (field.number === graphProto.initializer) found.hasExternalData ||= isExternalTensor(messageOf(field));
    if (field.number === graphProto.sparseInitializer) found.hasExternalData ||= isExternalSparse(messageOf(field));
  }
};

const readOpset = (opset: Uint8Array): [string, number] => {
  let [domain, version] = ['', 0];
  for (const field of readFields(opset)) {
    if (field.number === opsetProto.domain) domain = textOf(field);
    if (field.number === opsetProto.version && 'varint' in field) version = field.varint;
  }
  return [domain || standardDomain, version];
};

/**
 * Reads an ONNX file as far as it takes to know whether it may be run.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 * @throws MalformedProtobufError
 */
export const readOnnxFile = (file: Uint8Array): OnnxFile => {
  const found: Findings = { nodes: 0, operators: new Set(), hasExternalData: false, hasSubgraphs: false };
  const opsets = new Map<string, number>();
  let [irVersion, graphs, hasFunctions] = [0, 0, false];
  for (const field of readFields(file)) {
    if (field.number === modelProto.irVersion && 'varint' in field) irVersion = field.varint;
    if (field.number === modelProto.opset) opsets.set(...readOpset(messageOf(field)));
    if (field.number === modelProto.trainingInfo || field.number === modelProto.functions) hasFunctions = true;
    if (field.number === modelProto.graph) {
      graphs += 1;
      walkGraph(messageOf(field), found);
    }
  }
  if (irVersion === 0 || graphs !== 1) {
    throw new MalformedProtobufError(`Expected an ONNX model with one graph, found ${graphs}.`);
  }
  return { irVersion, opsets, hasFunctions, ...found };
};
