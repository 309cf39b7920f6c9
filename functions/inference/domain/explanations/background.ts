import type { Random } from '../../../../contracts/seeded.ts';
import type { Signature } from '../../../../contracts/versions.ts';
import { shuffled } from './shuffled.ts';

/** What values each field has in general, by its name; null is missing. */
export type Background = Readonly<Record<string, readonly (number | string | null)[]>>;

/** N inputs as the graph takes them, row-major. */
export interface DrawnInputs {
  /** [N × k]; NaN is missing. */
  readonly numeric: Float32Array;
  /** [N × m]; the empty string is missing. */
  readonly categorical: readonly string[];
}

type Value = Background[string][number];

const byValue = (one: Value, other: Value): number => {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return one < other ? -1 : Number(one > other);
};

/** @returns as many of the values as are asked for, evenly over them; each as often where they divide that number */
const spread = (values: readonly Value[], count: number): Value[] => {
  const sorted = values.toSorted(byValue);
  return Array.from({ length: count }, (_, index) => {
    return sorted[Math.floor(((index + 0.5) * sorted.length) / count)] ?? null;
  });
};

/**
 * Draws inputs whose fields have values that they have in general, each field by itself. Among the draws a field has its
 * values as often as in general, so that their means hardly depend on chance: a Latin hypercube.
 *
 * @see M. D. McKay et al., Technometrics 21 (1979) 239–245
 * @param count - N
 */
export const drawInputs = (
  { numeric, categorical }: Signature,
  background: Background,
  count: number,
  random: Random,
): DrawnInputs => {
  const numbers = new Float32Array(count * numeric.length);
  const strings = new Array<string>(count * categorical.length);
  const valuesOf = (name: string): Value[] => shuffled(spread(background[name] ?? [], count), random);
  for (const [column, name] of numeric.entries()) {
    for (const [row, value] of valuesOf(name).entries()) {
      numbers[row * numeric.length + column] = typeof value === 'number' ? value : Number.NaN;
    }
  }
  for (const [column, name] of categorical.entries()) {
    for (const [row, value] of valuesOf(name).entries()) {
      strings[row * categorical.length + column] = typeof value === 'string' ? value : '';
    }
  }
  return { numeric: numbers, categorical: strings };
};
