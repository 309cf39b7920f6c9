import type { ModelSchema } from '../../../contracts/model.ts';
import { type GateFinding, Sidecar, type Signature } from '../../../contracts/versions.ts';
import { ArtifactError, fitsSchema, type LoadedModel, openGraph } from '../../inference/index.ts';
import { sha256 } from '../../platform/canonical-json.ts';
import { digestFinding, formatFinding, limitsFinding } from '../domain/findings.ts';
import { type Holdout, HoldoutError, readHoldout } from '../domain/holdout-predictions.ts';
import { type OnnxFile, readOnnxFile } from '../domain/onnx-file.ts';
import { MalformedProtobufError } from '../domain/protobuf.ts';
import { describe, sidecarFaults } from '../domain/sidecar.ts';
import { signatureOf } from '../domain/signature.ts';
import type { TrainingOutput } from './read-archive.ts';

/** What a training's output has to agree with. */
export interface Expected {
  readonly schema: ModelSchema;
  readonly dataset: string;
  /** Cases of the dataset's holdout, as its manifest counts them. */
  readonly holdoutCases: number;
  readonly goldCases: number;
}

export interface Integrity {
  readonly findings: GateFinding[];
  readonly sidecar?: Sidecar;
  /** Present where every finding passed. */
  readonly whole?: Whole;
}

/** A training's output that may be run. */
export interface Whole {
  readonly model: LoadedModel;
  readonly holdout: Holdout;
  /** Without a row where the dataset has no gold cases. */
  readonly gold: Holdout;
  readonly digest: string;
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

const faultsOfSidecar = (sidecar: Sidecar, { schema, dataset }: Expected): string[] => [
  ...(sidecar.datasetId === dataset
    ? []
    : [`expected a version trained on ${dataset}, found one trained on ${sidecar.datasetId}`]),
  ...(fitsSchema(signatureOf(sidecar), schema)
    ? []
    : ["expected the columns of the model's schema, its classes in their order and a weight of each, found others"]),
  ...sidecarFaults(sidecar),
];

/** @param what - such as `holdout` */
const faultsOfCases = (cases: Holdout | string, expected: number, what: string): string[] => {
  if (typeof cases === 'string') return [cases];
  return cases.rows === expected
    ? []
    : [`expected predictions of the dataset's ${expected} ${what} cases, found ${cases.rows}`];
};

const readCases = (bytes: Uint8Array | undefined, signature: Signature): Holdout | string =>
  attempt(() => readHoldout(bytes === undefined ? '' : text(bytes), signature), [HoldoutError]);

/** Finds out, without running it, whether a graph is what it claims to be and may be run at all. */
export const examineIntegrity = (output: TrainingOutput, expected: Expected): Integrity => {
  const digest = sha256(output.graph);
  const bytes = output.graph.length;
  const parsed = parseSidecar(output.sidecar);
  if (typeof parsed === 'string') return { findings: [formatFinding([parsed])] };
  const [signature, sidecar] = [signatureOf(parsed), describe(parsed)];
  const digestCheck = digestFinding(parsed.onnx, { sha256: digest, bytes });
  const file: OnnxFile | string = attempt(() => readOnnxFile(output.graph), [MalformedProtobufError]);
  if (typeof file === 'string') return { findings: [digestCheck, formatFinding([file])], sidecar };
  const limits = limitsFinding(file, bytes);
  const [holdout, gold] = [readCases(output.predictions, signature), readCases(output.goldPredictions, signature)];
  const faults = [
    ...faultsOfSidecar(parsed, expected),
    ...faultsOfCases(holdout, expected.holdoutCases, 'holdout'),
    ...faultsOfCases(gold, expected.goldCases, 'gold'),
  ];
  const isRefused = !limits.passed || !digestCheck.passed || faults.length > 0;
  if (isRefused || typeof holdout === 'string' || typeof gold === 'string') {
    return { findings: [digestCheck, limits, formatFinding(faults)], sidecar };
  }
  const model = attempt(() => openGraph(output.graph, signature), [ArtifactError]);
  if (typeof model === 'string') return { findings: [digestCheck, limits, formatFinding([model])], sidecar };
  return { findings: [digestCheck, limits, formatFinding([])], sidecar, whole: { model, holdout, gold, digest } };
};
