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

/** Cases that are given one score. */
interface Scored {
  readonly score: number;
  readonly positives: number;
  readonly cases: number;
}

const areaOf = (scored: readonly Scored[]): number => {
  let [above, positives, negatives, start] = [0, 0, 0, 0];
  const order = scored.toSorted((a, b) => a.score - b.score);
  while (start < order.length) {
    const score = order[start]?.score;
    let [tiedPositives, tied] = [0, 0];
    for (; start < order.length && order[start]?.score === score; start += 1) {
      tiedPositives += order[start]?.positives ?? 0;
      tied += order[start]?.cases ?? 0;
    }
    above += tiedPositives * (negatives + (tied - tiedPositives) / 2);
    positives += tiedPositives;
    negatives += tied - tiedPositives;
  }
  return above / (positives * negatives);
};

/**
 * Area under the ROC curve, ties counted half: Hanley and McNeil, Radiology 143 (1982), 29–36.
 *
 * @returns NaN where only one side occurs
 */
export const areaUnderCurve = (scores: readonly number[], positive: readonly boolean[]): number =>
  areaOf(scores.map((score, index) => ({ score, positives: Number(positive[index]), cases: 1 })));

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

/** Cases of one bin and half: how many of each class there are to judge, and how many the other half has. */
interface Alike {
  readonly judged: number[];
  readonly learnt: number[];
  cases: number;
  known: number;
}

/** Cases by how they are predicted; bins of which nothing is known are predicted alike. */
const alikeOf = (
  { learnt, judged }: Bins,
  halves: Halves,
  classes: readonly number[],
  count: number,
): readonly Alike[] => {
  const none = (): number[] => new Array<number>(count).fill(0);
  const known: [Map<Bin, Alike>, Map<Bin, Alike>] = [new Map(), new Map()];
  const strange: Alike = { judged: none(), learnt: none(), cases: 0, known: 0 };
  for (const [index, bin] of learnt.entries()) {
    const bins = known[halves[index] === 0 ? 1 : 0];
    const alike = bins.get(bin) ?? { judged: none(), learnt: none(), cases: 0, known: 0 };
    bins.set(bin, alike);
    alike.known += 1;
    alike.learnt[classes[index] as number] = (alike.learnt[classes[index] as number] ?? 0) + 1;
  }
  for (const [index, bin] of judged.entries()) {
    const alike = known[halves[index] === 0 ? 0 : 1].get(bin) ?? strange;
    alike.cases += 1;
    alike.judged[classes[index] as number] = (alike.judged[classes[index] as number] ?? 0) + 1;
  }
  return [...known[0].values(), ...known[1].values(), strange].filter(({ cases }) => cases > 0);
};

/** Of fewer cases a class may be told by chance. */
const fewestOfClass = 20;

/** How well a field tells the label: of several classes also each against the rest, −1 to 1, unless its cases are few. */
export interface Told {
  /** 0 (nothing) to 1 (everything). */
  readonly strength: number;
  readonly classes: ReadonlyMap<LabelValue, number>;
}

/** 2·AUC − 1 of one class against the rest, the mean over the classes by how many cases they have; at least 0. */
const tellingOfClasses = (bins: Bins, halves: Halves, labels: readonly LabelValue[]): Told => {
  const counts = new Map<LabelValue, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts.keys()];
  if (names.length < 2) return { strength: 0, classes: new Map() };
  const places = new Map(names.map((name, place) => [name, place]));
  const alike = alikeOf(
    bins,
    halves,
    labels.map((label) => places.get(label) as number),
    names.length,
  );
  const strengthAt = (place: number): number => {
    const share = (counts.get(names[place] as LabelValue) as number) / labels.length;
    const scored = alike.map(({ judged, learnt, cases, known }) => ({
      score: ((learnt[place] as number) + smoothing * share) / (known + smoothing),
      positives: judged[place] as number,
      cases,
    }));
    return 2 * areaOf(scored) - 1;
  };
  // Of two classes what tells one tells the other.
  const first = strengthAt(0);
  const strengths = names.map((_, place) => (place === 0 || names.length === 2 ? first : strengthAt(place)));
  const sum = strengths.reduce(
    (all, strength, place) => all + strength * (counts.get(names[place] as LabelValue) ?? 0),
    0,
  );
  return {
    strength: Math.max(0, sum / labels.length),
    classes: new Map(
      names.flatMap((name, place) =>
        names.length > 2 && (counts.get(name) ?? 0) >= fewestOfClass ? [[name, strengths[place] as number]] : [],
      ),
    ),
  };
};

/** 2·AUC − 1 for classes, R² for numbers. */
export const telling = (bins: Bins, halves: Halves, labels: readonly LabelValue[]): Told =>
  labels.every((label) => typeof label === 'number')
    ? { strength: strengthOfNumbers(bins, halves, labels), classes: new Map() }
    : tellingOfClasses(bins, halves, labels);

/** The strength alone of {@link telling}. */
export const strengthOf = (bins: Bins, halves: Halves, labels: readonly LabelValue[]): number =>
  telling(bins, halves, labels).strength;
