import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ModelSchema } from '../../contracts/model.ts';
import type { Servable } from '../../contracts/route-item.ts';
import type { Tensors } from '../../functions/inference/index.ts';

/** Outputs of the real training program, made by fixtures/make.py. */
export type Trained = 'logistic' | 'xgboost' | 'categorical' | 'worse' | 'nan' | 'throws';

/** The same answers as logistic's, but a mean_radius above 1,000 keeps it busy for about so many ms beyond that. */
type Patient = 'patient';
export type Version = Trained | Patient;

export const bytesOf = (path: string): Uint8Array => {
  const content = readFileSync(`${import.meta.dirname}/fixtures/${path}`);
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
};
const textOf = (path: string): string => new TextDecoder().decode(bytesOf(path));

export const graphOf = (name: Version): Uint8Array =>
  bytesOf(name === 'patient' ? 'patient.onnx' : `${name}/model.onnx`);
export const schemaOf = (name: Trained): ModelSchema => JSON.parse(textOf(`${name}/schema.json`));

export const servableOf = (name: Version, version = 'v1.0.0', content: Uint8Array = graphOf(name)): Servable => {
  const { inputs, classes } = JSON.parse(textOf(`${name === 'patient' ? 'logistic' : name}/model.json`));
  return {
    version,
    digest: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    signature: { ...inputs, classes },
    cut: 1,
  };
};

/** A case of the holdout, and what Python's classifier says of it. */
export interface HoldoutCase {
  readonly label: string;
  readonly numeric: (number | null)[];
  readonly categorical: string[];
  readonly probabilities: number[];
}

export const holdoutOf = (name: Trained): HoldoutCase[] =>
  textOf(`${name}/holdout-predictions.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

export const tensorsOf = (cases: readonly HoldoutCase[]): Tensors => ({
  rows: cases.length,
  numeric: Float32Array.from(cases.flatMap(({ numeric }) => numeric.map((value) => value ?? Number.NaN))),
  categorical: cases.flatMap(({ categorical }) => categorical),
});

/** The case as an app would send it: booleans as booleans, nothing for what is missing. */
export const inputOf = (name: Trained, given: HoldoutCase): Record<string, number | string | boolean | null> => {
  const { signature } = servableOf(name);
  const { fields } = schemaOf(name);
  const numeric = signature.numeric.map((field, column) => {
    const value = given.numeric[column] ?? null;
    const declared = fields[field];
    const isBoolean = declared !== undefined && 'type' in declared && declared.type === 'boolean';
    return [field, isBoolean && value !== null ? value === 1 : value] as const;
  });
  const categorical = signature.categorical.map((field, column) => [field, given.categorical[column] || null] as const);
  return Object.fromEntries([...numeric, ...categorical]);
};
