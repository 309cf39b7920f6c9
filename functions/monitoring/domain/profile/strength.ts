import type { LabelValue } from '../../../../contracts/cases.ts';
import { seeded } from '../../../../contracts/seeded.ts';

/**
 * How well one field alone tells the label, in cases that were not looked at: values are put into bins, each half of
 * the cases is predicted by what the bins of the other half hold.
 */

/** Where a value belongs; cases of one bin are predicted alike. */
export type Bin = number | string;

/** Each case's bin, as it is learnt from and as it is predicted: two, where each half of the cases makes bins of its own. */
export interface Bins {
  readonly learnt: readonly Bin[];
  readonly judged: readonly Bin[];
}

/** Bins that nothing was learnt for. */
export const sameBins = (bins: readonly Bin[]): Bins => ({ learnt: bins, judged: bins });

const mostBins = 64;
const fewestInBin = 5;
/** Cases of the whole that a bin's own are mixed with. */
const smoothing = 0.25;

/** Bins of about equal numbers of cases. @param values - undefined is missing, a bin of its own */
export const quantileBins = (values: readonly (number | undefined)[]): Bin[] => {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const count = Math.max(1, Math.min(mostBins, Math.floor(known.length / (2 * fewestInBin))));
  const edges = Array.from(
    { length: count - 1 },
    (_, index) => known[Math.floor(((index + 1) * known.length) / count)],
  );
  const binOf = (value: number): number => {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return values.map((value) => (value === undefined ? 'missing' : binOf(value)));
};

/**
 * Area under the ROC curve, ties counted half: Hanley and McNeil, Radiology 143 (1982), 29–36.
 *
 * @returns NaN where only one side occurs
 */
export const areaUnderCurve = (scores: readonly number[], positive: readonly boolean[]): number => {
  const order = scores.map((_, index) => index).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let [rankSum, positives] = [0, 0];
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) end += 1;
    const rank = (start + end + 1) / 2;
    for (const index of order.slice(start, end)) {
      if (!positive[index]) continue;
      rankSum += rank;
      positives += 1;
    }
    start = end;
  }
  const negatives = scores.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
};

/** Which half each case is in: 0 or 1. Cases of one subject are in one half, or what tells subjects apart would seem to tell labels. */
export type Halves = readonly number[];

/** By chance, not in turn: labels may come in turn too. @param groups - of each case; null: a group of its own */
export const halvesOf = (groups: readonly (string | null)[]): Halves => {
  const random = seeded(1);
  const known = new Map<string, number>();
  return groups.map((group) => {
    const half = group === null ? undefined : known.get(group);
    if (half !== undefined) return half;
    const drawn = random() < 0.5 ? 0 : 1;
    if (group !== null) known.set(group, drawn);
    return drawn;
  });
};

/** What each case's bin says in the other half: the mean of `targets` there, drawn towards the mean of all. */
const crossed = ({ learnt, judged }: Bins, halves: Halves, targets: readonly number[]): number[] => {
  const half = (index: number): number => halves[index] as number;
  const sums = [new Map<Bin, { sum: number; cases: number }>(), new Map()];
  const overall = targets.reduce((sum, target) => sum + target, 0) / Math.max(1, targets.length);
  for (const [index, bin] of learnt.entries()) {
    const found = sums[half(index)]?.get(bin) ?? { sum: 0, cases: 0 };
    sums[half(index)]?.set(bin, { sum: found.sum + (targets[index] as number), cases: found.cases + 1 });
  }
  return judged.map((bin, index) => {
    const { sum, cases } = sums[1 - half(index)]?.get(bin) ?? { sum: 0, cases: 0 };
    return (sum + smoothing * overall) / (cases + smoothing);
  });
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What is left of numbers when each is predicted by its bin. */
export const remaindersOf = (bins: Bins, halves: Halves, targets: readonly number[]): number[] => {
  const given = crossed(bins, halves, targets);
  return targets.map((target, index) => target - (given[index] as number));
};

/** R² of the crossed prediction, at least 0. */
const strengthOfNumbers = (bins: Bins, halves: Halves, targets: readonly number[]): number => {
  const centre = mean(targets);
  const total = targets.reduce((sum, target) => sum + (target - centre) ** 2, 0);
  const left = remaindersOf(bins, halves, targets).reduce((sum, remainder) => sum + remainder ** 2, 0);
  return total === 0 ? 0 : Math.max(0, 1 - left / total);
};

/** 2·AUC − 1 of one class against the rest, the mean over the classes by how many cases they have; at least 0. */
const strengthOfClasses = (bins: Bins, halves: Halves, labels: readonly LabelValue[]): number => {
  const shares = new Map<LabelValue, number>();
  for (const label of labels) shares.set(label, (shares.get(label) ?? 0) + 1 / labels.length);
  const told = [...shares].filter(([, share]) => share < 1);
  const strengths = told.map(([label, share]) => {
    const positive = labels.map((given) => given === label);
    return share * (2 * areaUnderCurve(crossed(bins, halves, positive.map(Number)), positive) - 1);
  });
  return Math.max(
    0,
    strengths.reduce((sum, strength) => sum + strength, 0),
  );
};

/** @returns 0 (nothing) to 1 (everything): 2·AUC − 1 for classes, R² for numbers */
export const strengthOf = (bins: Bins, halves: Halves, labels: readonly LabelValue[]): number =>
  labels.every((label) => typeof label === 'number')
    ? strengthOfNumbers(bins, halves, labels)
    : strengthOfClasses(bins, halves, labels);
