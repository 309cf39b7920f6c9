import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dayMilliseconds } from '../../contracts/durations.ts';
import { type Field, type ModelSchema, Task } from '../../contracts/model.ts';
import type { Servable } from '../../contracts/route-item.ts';
import type { Tensors } from '../../functions/inference/index.ts';
import { openOnnxSession } from '../../functions/inference/onnx-session.ts';

/** Outputs of the real training program, made by fixtures/make.py. */
export type Trained = 'logistic' | 'xgboost' | 'categorical' | 'worse' | 'nan' | 'throws' | Regressor;

/** Linear, of a number, a boolean, a timestamp, a category and a text. */
type Regressor = 'regression' | 'regression-worse';

/** The same answers as logistic's, but a mean_radius above 1,000 gives it work; see `lasting`. */
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

export const taskOf = (name: Trained): Task =>
  schemaOf(name).label.type === 'number' ? Task.TabularRegression : Task.TabularClassification;

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

/** A case of the holdout, and what Python's model says of it. */
export interface HoldoutCase {
  readonly label: string | number;
  readonly numeric: (number | null)[];
  readonly categorical: string[];
  /** None where a number is predicted. */
  readonly probabilities: number[];
  readonly value?: number;
}

export const holdoutOf = (name: Trained): HoldoutCase[] =>
  textOf(`${name}/holdout-predictions.jsonl`)
    .trim()
    .split('\n')
    .map((line) => ({ probabilities: [], ...JSON.parse(line) }));

export const tensorsOf = (cases: readonly HoldoutCase[]): Tensors => ({
  rows: cases.length,
  numeric: Float32Array.from(cases.flatMap(({ numeric }) => numeric.map((value) => value ?? Number.NaN))),
  categorical: cases.flatMap(({ categorical }) => categorical),
});

const asSent = (field: Field | undefined, value: number | null): number | boolean | string | null => {
  const type = field !== undefined && 'type' in field ? field.type : undefined;
  if (value === null) return null;
  if (type === 'timestamp') return new Date(value * dayMilliseconds).toISOString();
  return type === 'boolean' ? value === 1 : value;
};

/** The case as an app would send it: booleans as booleans, times as text, nothing for what is missing. */
export const inputOf = (name: Trained, given: HoldoutCase): Record<string, number | string | boolean | null> => {
  const { signature } = servableOf(name);
  const { fields } = schemaOf(name);
  const numeric = signature.numeric.map((field, column) => {
    return [field, asSent(fields[field], given.numeric[column] ?? null)] as const;
  });
  const categorical = signature.categorical.map((field, column) => [field, given.categorical[column] || null] as const);
  return Object.fromEntries([...numeric, ...categorical]);
};

const [firstCase] = holdoutOf('logistic') as [HoldoutCase];
const working = (amount: number) => ({ ...inputOf('logistic', firstCase), mean_radius: 1000 + amount });

/** What the patient version does within one ms of this machine's processor. */
const workOfMillisecond = (() => {
  let measured: number | undefined;
  const measure = (): number => {
    const sample = 50;
    const session = openOnnxSession(graphOf('patient'), 1);
    const numeric = [1000 + sample, ...firstCase.numeric.slice(1)];
    const tensors = tensorsOf([{ ...firstCase, numeric }]);
    session.run(tensors);
    const before = process.threadCpuUsage();
    session.run(tensors);
    const { user, system } = process.threadCpuUsage(before);
    return (sample * 1000) / (user + system);
  };
  return (): number => {
    measured ??= measure();
    return measured;
  };
})();

/**
 * An input with which the patient version is busy for about so many ms of the processor. They are work, not time: on a
 * machine that has other work it takes several times as long. So what has to stay within a limit has a small part of it,
 * and what has to go beyond one a multiple.
 */
export const lasting = (milliseconds: number) => working(milliseconds * workOfMillisecond());
