import type { LabelValue } from '../../../../contracts/cases.ts';

/** Cases with a value that are of one class, of all cases with a value, and of those without. */
const fewestPure = 20;
const pure = 0.99;
const mostElsewhere = 0.5;

/** The class whose cases alone have a value of a field, though not all of them need to. */
export interface PureClass {
  readonly label: LabelValue;
  readonly cases: number;
  /** Share of the class among cases with a value, and among those without. */
  readonly share: number;
  readonly elsewhere: number;
}

/** @param labels - of the cases, each a class */
export const pureClassOf = (values: readonly unknown[], labels: readonly LabelValue[]): PureClass | undefined => {
  const [filled, empty] = [new Map<LabelValue, number>(), new Map<LabelValue, number>()];
  for (const [index, label] of labels.entries()) {
    const counts = values[index] === null ? empty : filled;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [most] = [...filled].sort(([, a], [, b]) => b - a);
  if (most === undefined || most[1] < fewestPure) return undefined;
  const [label, cases] = most;
  const sumOf = (counts: ReadonlyMap<LabelValue, number>): number =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);
  const share = cases / sumOf(filled);
  const elsewhere = (empty.get(label) ?? 0) / Math.max(1, sumOf(empty));
  return share >= pure && elsewhere <= mostElsewhere ? { label, cases, share, elsewhere } : undefined;
};
