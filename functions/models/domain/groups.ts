import type { Holdout } from './holdout-predictions.ts';

/** Cases of the holdout that have something in common. */
export interface Group {
  /** Such as `sex = f`. */
  readonly name: string;
  readonly rows: readonly number[];
}

/** Below so many cases a group says too little, and too much of persons. */
export const leastGroup = 20;

/** As no category is called. */
const missing = '(missing)';

const decade = (age: number): string => `${Math.floor(age / 10) * 10} to ${Math.floor(age / 10) * 10 + 9}`;

/** @returns each row's value of a field, in words; undefined where the field is no input */
const valuesOf = ({ signature, rows, numeric, categorical }: Holdout, field: string): string[] | undefined => {
  const [k, m] = [signature.numeric.length, signature.categorical.length];
  const [number, string] = [signature.numeric.indexOf(field), signature.categorical.indexOf(field)];
  const each = Array.from({ length: rows }, (_, row) => row);
  if (string >= 0) return each.map((row) => categorical[row * m + string] || missing);
  if (number < 0) return undefined;
  const values = each.map((row) => numeric[row * k + number] as number);
  const isBoolean = values.every((value) => Number.isNaN(value) || value === 0 || value === 1);
  const inWords = (value: number): string => (isBoolean ? String(value === 1) : decade(value));
  return values.map((value) => (Number.isNaN(value) ? missing : inWords(value)));
};

const groupsBy = (what: string, values: readonly string[]): Group[] =>
  [...Map.groupBy(values.keys(), (row) => values[row] as string)].map(([value, rows]) => ({
    name: `${what} = ${value}`,
    rows,
  }));

/**
 * The classes, where classes are predicted, and the slices of a holdout: groups of at least 20 cases.
 *
 * @param slices - fields by whose values cases are told apart; those that are no inputs are left out
 */
export const groupsOf = (holdout: Holdout, slices: readonly string[]): Group[] => {
  const { labels } = holdout;
  const classes = labels.every((label) => typeof label === 'string') ? groupsBy('label', labels) : [];
  const sliced = slices.flatMap((field) => groupsBy(field, valuesOf(holdout, field) ?? []));
  return [...classes, ...sliced].filter(({ rows }) => rows.length >= leastGroup);
};
