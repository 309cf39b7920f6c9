/**
 * The differences of two versions on the same cases, with intervals: by the bootstrap over subjects, because cases of
 * one subject are alike. Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: percentile interval.
 */

/** A metric that is made of the means of terms of single cases. */
export interface PairedMetric<Scored> {
  readonly name: string;
  readonly lowerIsBetter: boolean;
  /** Of one case; always as many. */
  readonly terms: (scored: Scored) => readonly number[];
  readonly metric: (means: readonly number[]) => number;
}

export interface Difference {
  /** The first version's metric minus the second's. */
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
}

const resamples = 2000;
const confidence = 0.95;

/** Sums over the cases of one subject: how many, then the terms of all metrics for one version, then for the other. */
type Sums = Float64Array;

const sumsOfSubjects = (rows: readonly (readonly number[])[], subjects: readonly (string | null)[]): Sums[] => {
  const sums = new Map<string | number, Sums>();
  for (const [index, row] of rows.entries()) {
    const subject = subjects[index] ?? index;
    const sum = sums.get(subject) ?? new Float64Array(row.length + 1);
    sum[0] = (sum[0] as number) + 1;
    for (const [term, value] of row.entries()) sum[term + 1] = (sum[term + 1] as number) + value;
    sums.set(subject, sum);
  }
  return [...sums.values()];
};

const total = (subjects: readonly Sums[], draw: (place: number) => number): Sums => {
  const width = subjects[0]?.length ?? 0;
  const sum = new Float64Array(width);
  for (let place = 0; place < subjects.length; place += 1) {
    const drawn = subjects[draw(place)] as Sums;
    for (let term = 0; term < width; term += 1) sum[term] = (sum[term] as number) + (drawn[term] as number);
  }
  return sum;
};

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.floor(share * sorted.length)))] as number;

/**
 * @param first - the first version's answers, scored; at least one
 * @param subjects - of each case; null: a subject of its own
 * @param random - uniform in [0, 1)
 * @returns by metric, in their order
 */
export const pairedDifferences = <Scored>(
  metrics: readonly PairedMetric<Scored>[],
  first: readonly Scored[],
  second: readonly Scored[],
  subjects: readonly (string | null)[],
  random: () => number,
): Difference[] => {
  const termsOf = (scored: Scored): number[] => metrics.flatMap(({ terms }) => terms(scored));
  const rows = first.map((scored, index) => [...termsOf(scored), ...termsOf(second[index] as Scored)]);
  const sums = sumsOfSubjects(rows, subjects);
  const width = (rows[0]?.length ?? 0) / 2;
  const starts = metrics.map((_, index) =>
    metrics.slice(0, index).reduce((sum, { terms }) => sum + terms(first[0] as Scored).length, 1),
  );
  const differencesOf = (sum: Sums): number[] =>
    metrics.map(({ metric }, index) => {
      const [from, to] = [starts[index] as number, starts[index + 1] ?? width + 1];
      const meansFrom = (offset: number): number[] =>
        [...sum.subarray(offset + from, offset + to)].map((value) => value / (sum[0] as number));
      return metric(meansFrom(0)) - metric(meansFrom(width));
    });
  const whole = differencesOf(total(sums, (place) => place));
  const drawn = metrics.map(() => new Float64Array(resamples));
  for (let count = 0; count < resamples; count += 1) {
    const differences = differencesOf(total(sums, () => Math.floor(random() * sums.length)));
    for (const [index, difference] of differences.entries()) (drawn[index] as Float64Array)[count] = difference;
  }
  return drawn.map((values, index) => {
    values.sort();
    return {
      difference: whole[index] as number,
      lower: quantile(values, (1 - confidence) / 2),
      upper: quantile(values, (1 + confidence) / 2),
    };
  });
};
