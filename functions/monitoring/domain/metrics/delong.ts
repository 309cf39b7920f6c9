/**
 * The difference of two areas under the ROC curve on the same cases, with an interval: DeLong, DeLong and
 * Clarke-Pearson, Biometrics 44 (1988), 837–845, in the fast form by ranks of Sun and Xu, IEEE Signal Processing
 * Letters 21 (2014), 1389–1393; its variance over subjects by Obuchowski, Biometrics 53 (1997), 567–578, which is
 * DeLong's where each subject has one case.
 */
import { bySubject } from './by-subject.ts';
import { type Difference, normalQuantile, supported } from './difference.ts';

/** Ranks from 1, ties share their mean. */
const midranks = (values: readonly number[]): number[] => {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end += 1;
    for (const index of order.slice(start, end)) ranks[index] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
};

/** The area, and each case's placement: the share of the other side's cases that it is on the right side of. */
const placed = (scores: readonly number[], positive: readonly boolean[]) => {
  const [ones, zeros] = [scores.filter((_, index) => positive[index]), scores.filter((_, index) => !positive[index])];
  const all = midranks([...ones, ...zeros]);
  const [amongOnes, amongZeros] = [midranks(ones), midranks(zeros)];
  const [m, n] = [ones.length, zeros.length];
  let [one, zero] = [0, 0];
  const placements = positive.map((isOne) => {
    if (isOne) {
      one += 1;
      return ((all[one - 1] as number) - (amongOnes[one - 1] as number)) / n;
    }
    zero += 1;
    return 1 - ((all[m + zero - 1] as number) - (amongZeros[zero - 1] as number)) / m;
  });
  return { area: (all.slice(0, m).reduce((sum, rank) => sum + rank, 0) / m - (m + 1) / 2) / n, placements };
};

/** One subject's cases: how many of each side, and their placements' changes from one version to the other, summed. */
interface SubjectChange {
  readonly ones: number;
  readonly zeros: number;
  /** About the change of the area. */
  readonly ofOnes: number;
  readonly ofZeros: number;
  readonly differs: boolean;
}

const sumOver = <Row>(rows: readonly Row[], value: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0);

/** Of the change of the area; not finite where fewer than two subjects have positive cases, or negative ones. */
const varianceOf = (subjects: readonly SubjectChange[]): number => {
  const [ones, zeros] = [sumOver(subjects, (one) => one.ones), sumOver(subjects, (one) => one.zeros)];
  const withOnes = subjects.filter((one) => one.ones > 0).length;
  const withZeros = subjects.filter((one) => one.zeros > 0).length;
  const spread = (count: number, product: (one: SubjectChange) => number): number =>
    (sumOver(subjects, product) * count) / (count - 1);
  const ofOnes = spread(withOnes, (one) => one.ofOnes ** 2) / ones ** 2;
  const ofZeros = spread(withZeros, (one) => one.ofZeros ** 2) / zeros ** 2;
  const across = spread(subjects.length, (one) => one.ofOnes * one.ofZeros) / (ones * zeros);
  return Math.max(0, ofOnes + ofZeros + 2 * across);
};

/**
 * @param first - scores of the first version, larger for the positive class
 * @param positive - whether each case is
 * @param subjects - of each case; null: a subject of its own
 * @returns undefined where fewer than two subjects have positive cases, or negative ones
 */
export const areaDifference = (
  first: readonly number[],
  second: readonly number[],
  positive: readonly boolean[],
  subjects: readonly (string | null)[],
): Difference | undefined => {
  const [a, b] = [placed(first, positive), placed(second, positive)];
  const difference = a.area - b.area;
  const changeAt = (place: number): number => (a.placements[place] as number) - (b.placements[place] as number);
  const sumAt = (places: readonly number[]): number => sumOver(places, (place) => changeAt(place) - difference);
  const grouped = bySubject(subjects);
  const changes = Array.from({ length: grouped.count }, (_, subject): SubjectChange => {
    const places = [...grouped.casesOf(subject)];
    const [ones, zeros] = [places.filter((place) => positive[place]), places.filter((place) => !positive[place])];
    const differs = places.some((place) => changeAt(place) !== 0);
    return { ones: ones.length, zeros: zeros.length, ofOnes: sumAt(ones), ofZeros: sumAt(zeros), differs };
  });
  const reach = normalQuantile * Math.sqrt(varianceOf(changes));
  const differing = changes.filter(({ differs }) => differs).length;
  return supported({ difference, lower: difference - reach, upper: difference + reach }, differing);
};
