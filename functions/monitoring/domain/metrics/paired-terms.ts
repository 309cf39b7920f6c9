import type { Subjects } from './by-subject.ts';

/** A metric that is made of the means of terms of single cases. */
export interface PairedMetric<Scored> {
  readonly name: string;
  readonly lowerIsBetter: boolean;
  /** Of one case; always as many. */
  readonly terms: (scored: Scored) => readonly number[];
  /** @returns NaN where these means define none @param means - of the terms, valid during the call alone */
  readonly metric: (means: Float64Array) => number;
}

/**
 * A row of sums: how many cases, then the terms of all metrics for the first version, then for the second.
 */
export interface PairedTerms {
  /** Numbers of a row. */
  readonly width: number;
  /** Writes the sums over one subject's cases. */
  readonly read: (subject: number, into: Float64Array) => void;
  /** Writes each metric's difference, the first version's minus the second's. */
  readonly differences: (sums: Float64Array, into: Float64Array) => void;
  /** Whether the versions differ in a metric's terms. */
  readonly differs: (sums: Float64Array, metric: number) => boolean;
}

/**
 * @param first - the first version's answers, scored; at least one
 * @param second - the second's, to the same cases
 */
export const pairedTerms = <Scored>(
  metrics: readonly PairedMetric<Scored>[],
  first: readonly Scored[],
  second: readonly Scored[],
  { casesOf }: Subjects,
): PairedTerms => {
  const means = metrics.map(({ terms }) => new Float64Array(terms(first[0] as Scored).length));
  const starts = means.map((_, index) => means.slice(0, index).reduce((sum, { length }) => sum + length, 1));
  const half = means.reduce((sum, { length }) => sum + length, 0);
  const metricOf = (sums: Float64Array, index: number, offset: number): number => {
    const [buffer, start] = [means[index] as Float64Array, (starts[index] as number) + offset];
    for (let term = 0; term < buffer.length; term += 1) {
      buffer[term] = (sums[start + term] as number) / (sums[0] as number);
    }
    return (metrics[index] as PairedMetric<Scored>).metric(buffer);
  };
  const add = (scored: Scored, into: Float64Array, offset: number): void => {
    let place = offset + 1;
    for (const { terms } of metrics) {
      for (const value of terms(scored)) {
        into[place] = (into[place] as number) + value;
        place += 1;
      }
    }
  };
  return {
    width: 1 + 2 * half,
    read: (subject, into) => {
      const places = casesOf(subject);
      into.fill(0);
      into[0] = places.length;
      for (const place of places) {
        add(first[place] as Scored, into, 0);
        add(second[place] as Scored, into, half);
      }
    },
    differences: (sums, into) => {
      for (let index = 0; index < metrics.length; index += 1) {
        into[index] = metricOf(sums, index, 0) - metricOf(sums, index, half);
      }
    },
    differs: (sums, metric) => {
      const start = starts[metric] as number;
      const { length } = means[metric] as Float64Array;
      return sums.subarray(start, start + length).some((value, term) => value !== sums[start + half + term]);
    },
  };
};
