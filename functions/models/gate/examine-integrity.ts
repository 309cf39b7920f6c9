import type { ModelSchema } from '../../../contracts/model.ts';
import { type GateFinding, Sidecar, type Signature } from '../../../contracts/versions.ts';
import { ArtifactError, fitsSchema, type LoadedModel, openGraph } from '../../inference/index.ts';
import { sha256 } from '../../platform/canonical-json.ts';
import { digestFinding, formatFinding, limitsFinding } from '../domain/findings.ts';
import { type Holdout, HoldoutError, readHoldout } from '../domain/holdout-predictions.ts';
import { type OnnxFile, readOnnxFile } from '../domain/onnx-file.ts';
import { MalformedProtobufError } from '../domain/protobuf.ts';
import type { TrainingOutput } from './read-archive.ts';

/** What a training's output has to agree with. */
export interface Expected {
  readonly schema: ModelSchema;
  readonly dataset: string;
  /** Cases of the dataset's holdout, as its manifest counts them. */
  readonly holdoutCases: number;
}

export interface Integrity {
  readonly findings: GateFinding[];
  readonly sidecar?: Sidecar;
  /** Present where every finding passed. */
  readonly whole?: { readonly model: LoadedModel; readonly holdout: Holdout; readonly digest: string };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** @returns the value, or what was wrong, where it is a fault of the file and not of ours */
const attempt = <Value>(read: () => Value, faults: readonly (new (message: string) => Error)[]): Value | string => {
  try {
    return read();
  } catch (error) {
    if (faults.some((fault) => error instanceof fault)) return (error as Error).message;
    throw error;
  }
};

/** Keeps what the contract names: the rest of model.json stays with the artifact. */
const parseSidecar = (bytes: Uint8Array): Sidecar | string => {
  const json = attempt(() => JSON.parse(text(bytes)) as unknown, [SyntaxError]);
  const parsed = Sidecar.safeParse(json);
  if (parsed.success) {
    return Object.fromEntries(Object.keys(Sidecar.shape).map((name) => [name, parsed.data[name]])) as Sidecar;
  }
  const [issue] = parsed.error.issues;
  return `expected model.json as its contract says, found at /${issue?.path.join('/')}: ${issue?.message}`;
};

const toSignature = ({ inputs, classes }: Sidecar): Signature => ({ ...inputs, classes });

const sidecarFaults = (sidecar: Sidecar, { schema, dataset }: Expected): string[] => [
  ...(sidecar.datasetId === dataset
    ? []
    : [`expected a version trained on ${dataset}, found one trained on ${sidecar.datasetId}`]),
  ...(fitsSchema(toSignature(sidecar), schema)
    ? []
    : ["expected the columns of the model's schema and its classes in their order, found others"]),
];

const holdoutFaults = (holdout: Holdout | string, { holdoutCases }: Expected): string[] => {
  if (typeof holdout === 'string') return [holdout];
  return holdout.rows === holdoutCases
    ? []
    : [`expected predictions of the dataset's ${holdoutCases} holdout cases, found ${holdout.rows}`];
};

/** Finds out, without running it, whether a graph is what it claims to be and may be run at all. */
export const examineIntegrity = (output: TrainingOutput, expected: Expected): Integrity => {
  const digest = sha256(output.graph);
  const bytes = output.graph.length;
  const sidecar = parseSidecar(output.sidecar);
  if (typeof sidecar === 'string') return { findings: [formatFinding([sidecar])] };
  const signature = toSignature(sidecar);
  const digestCheck = digestFinding(sidecar.onnx, { sha256: digest, bytes });
  const file: OnnxFile | string = attempt(() => readOnnxFile(output.graph), [MalformedProtobufError]);
  if (typeof file === 'string') return { findings: [digestCheck, formatFinding([file])], sidecar };
  const limits = limitsFinding(file, bytes);
  const holdout = attempt(() => readHoldout(text(output.predictions), signature), [HoldoutError]);
  const faults = [...sidecarFaults(sidecar, expected), ...holdoutFaults(holdout, expected)];
  if (!limits.passed || !digestCheck.passed || faults.length > 0 || typeof holdout === 'string') {
    return { findings: [digestCheck, limits, formatFinding(faults)], sidecar };
  }
  const model = attempt(() => openGraph(output.graph, signature), [ArtifactError]);
  if (typeof model === 'string') return { findings: [digestCheck, limits, formatFinding([model])], sidecar };
  return { findings: [digestCheck, limits, formatFinding([])], sidecar, whole: { model, holdout, digest } };
};
