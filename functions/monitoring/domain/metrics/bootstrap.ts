import type { PairedTerms } from './paired-terms.ts';

/** An interval's ends. */
export type Bounds = readonly [lower: number, upper: number];

const resamples = 2000;
const confidence = 0.95;
/** Share of the resamples that has to define a metric: an interval of 95% can spare no more. */
const definedShare = 0.95;

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.floor(share * sorted.length)))] as number;

const boundsOf = (values: Float64Array): Bounds | undefined => {
  const defined = values.filter(Number.isFinite).sort();
  if (defined.length < definedShare * resamples) return undefined;
  return [quantile(defined, (1 - confidence) / 2), quantile(defined, (1 + confidence) / 2)];
};

/**
 * Intervals by drawing subjects with replacement. Efron and Tibshirani, An Introduction to the Bootstrap (1993),
 * chapter 13: percentile interval.
 *
 * @param subjects - at least one
 * @param random - uniform in [0, 1)
 * @returns by metric; undefined where too few resamples define it
 */
export const bootstrapBounds = (
  { width, read, differences }: PairedTerms,
  subjects: number,
  metrics: number,
  random: () => number,
): (Bounds | undefined)[] => {
  const rows = new Float64Array(subjects * width);
  for (let subject = 0; subject < subjects; subject += 1) {
    read(subject, rows.subarray(subject * width, (subject + 1) * width));
  }
  const drawn = Array.from({ length: metrics }, () => new Float64Array(resamples));
  const [sums, found] = [new Float64Array(width), new Float64Array(metrics)];
  for (let count = 0; count < resamples; count += 1) {
    sums.fill(0);
    for (let draw = 0; draw < subjects; draw += 1) {
      const start = Math.floor(random() * subjects) * width;
      for (let term = 0; term < width; term += 1) {
        sums[term] = (sums[term] as number) + (rows[start + term] as number);
      }
    }
    differences(sums, found);
    for (let index = 0; index < metrics; index += 1) (drawn[index] as Float64Array)[count] = found[index] as number;
  }
  return drawn.map(boundsOf);
};
