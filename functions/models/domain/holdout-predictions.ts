import * as z from 'zod';
import type { LabelValue } from '../../../contracts/cases.ts';
import { CaseId } from '../../../contracts/identifiers.ts';
import type { Signature } from '../../../contracts/versions.ts';

/** A case that was held out, as the training saw it. */
const given = { id: CaseId, numeric: z.array(z.number().nullable()), categorical: z.array(z.string()) };

/** With what the Python classifier says of it. */
const ClassifiedCase = z
  .object({ ...given, label: z.string(), probabilities: z.array(z.number()) })
  .transform(({ probabilities, ...rest }) => ({ ...rest, answer: probabilities }));

/** With the number that the Python regressor gives it. */
const MeasuredCase = z
  .object({ ...given, label: z.number(), value: z.number() })
  .transform(({ value, ...rest }) => ({ ...rest, answer: [value] }));

/** Cases that were held out, as arrays, in the columns of a signature: N rows, row-major. */
export interface Holdout {
  readonly signature: Signature;
  readonly rows: number;
  readonly labels: readonly LabelValue[];
  /** [N × k]; NaN is missing. */
  readonly numeric: Float32Array;
  /** [N × m]; the empty string is missing. */
  readonly categorical: readonly string[];
  /** Of the Python model: probabilities [N × C], or numbers [N]. */
  readonly expected: Float32Array;
}

/** A line of the holdout is not what the signature asks for. */
export class HoldoutError extends Error {
  override readonly name = 'HoldoutError';
}

const isRegressor = ({ classes }: Signature): boolean => classes.length === 0;

/** Numbers that a graph of this signature answers with for one row. */
const outputsOf = (signature: Signature): number => (isRegressor(signature) ? 1 : signature.classes.length);

const answerOf = (signature: Signature): string =>
  isRegressor(signature)
    ? 'a label and a value that are numbers'
    : `a label of the schema and ${signature.classes.length} probabilities`;

const readLine = (line: string, number: number, signature: Signature) => {
  const { numeric, categorical, classes } = signature;
  const parsed = (isRegressor(signature) ? MeasuredCase : ClassifiedCase).safeParse(parseJson(line));
  if (
    parsed.success &&
    parsed.data.numeric.length === numeric.length &&
    parsed.data.categorical.length === categorical.length &&
    parsed.data.answer.length === outputsOf(signature) &&
    (typeof parsed.data.label === 'number' || classes.includes(parsed.data.label))
  ) {
    return parsed.data;
  }
  throw new HoldoutError(
    `Expected line ${number} of the held-out predictions to hold an id, ${answerOf(signature)}, ${numeric.length} ` +
      `numbers and ${categorical.length} categories; it does not.`,
  );
};

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/**
 * Reads `holdout-predictions.jsonl`, or `gold-predictions.jsonl`.
 *
 * @throws HoldoutError naming the first line that does not fit, or that tells of a case for the second time
 */
export const readHoldout = (text: string, signature: Signature): Holdout => {
  const lines = text.split('\n').filter((line) => line !== '');
  const { numeric, categorical } = signature;
  const outputs = outputsOf(signature);
  const holdout = {
    signature,
    rows: lines.length,
    labels: new Array<LabelValue>(lines.length),
    numeric: new Float32Array(lines.length * numeric.length),
    categorical: new Array<string>(lines.length * categorical.length),
    expected: new Float32Array(lines.length * outputs),
  };
  const ids = new Set<string>();
  for (const [row, line] of lines.entries()) {
    const read = readLine(line, row + 1, signature);
    if (ids.has(read.id)) throw new HoldoutError(`Expected each case once; line ${row + 1} tells of one again.`);
    ids.add(read.id);
    holdout.labels[row] = read.label;
    holdout.numeric.set(
      read.numeric.map((value) => value ?? Number.NaN),
      row * numeric.length,
    );
    for (const [column, value] of read.categorical.entries()) {
      holdout.categorical[row * categorical.length + column] = value;
    }
    holdout.expected.set(read.answer, row * outputs);
  }
  return holdout;
};

/** The same cases with their columns in the order of another signature of the same schema. */
export const arrangeFor = (holdout: Holdout, signature: Signature): Holdout => {
  const [numbers, strings] = [new Float32Array(holdout.numeric.length), new Array<string>(holdout.categorical.length)];
  const from = holdout.signature;
  const places = (names: readonly string[], wanted: readonly string[]) => wanted.map((name) => names.indexOf(name));
  const [numeric, categorical] = [
    places(from.numeric, signature.numeric),
    places(from.categorical, signature.categorical),
  ];
  for (let row = 0; row < holdout.rows; row += 1) {
    for (const [column, source] of numeric.entries()) {
      numbers[row * numeric.length + column] = holdout.numeric[row * numeric.length + source] as number;
    }
    for (const [column, source] of categorical.entries()) {
      strings[row * categorical.length + column] = holdout.categorical[row * categorical.length + source] as string;
    }
  }
  return { ...holdout, signature, numeric: numbers, categorical: strings };
};
