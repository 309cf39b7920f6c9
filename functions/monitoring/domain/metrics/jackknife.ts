import type { Bounds } from './bootstrap.ts';
import { normalQuantile } from './difference.ts';
import type { PairedTerms } from './paired-terms.ts';

/**
 * Intervals by leaving out one subject at a time, in one pass: the variance is (n − 1)/n times the squared distances of
 * what the rest says from its mean. Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 11. Normal
 * ends, so for thousands of subjects.
 *
 * @param total - sums over all subjects
 * @param whole - each metric's difference over all subjects
 * @returns by metric; not finite where a single subject decides whether it is defined
 */
export const jackknifeBounds = (
  { width, read, differences }: PairedTerms,
  subjects: number,
  total: Float64Array,
  whole: Float64Array,
): Bounds[] => {
  const row = new Float64Array(width);
  const found = new Float64Array(whole.length);
  const [sums, squares] = [new Float64Array(whole.length), new Float64Array(whole.length)];
  for (let subject = 0; subject < subjects; subject += 1) {
    read(subject, row);
    for (let term = 0; term < width; term += 1) row[term] = (total[term] as number) - (row[term] as number);
    differences(row, found);
    for (let index = 0; index < whole.length; index += 1) {
      const change = (found[index] as number) - (whole[index] as number);
      sums[index] = (sums[index] as number) + change;
      squares[index] = (squares[index] as number) + change * change;
    }
  }
  return Array.from(whole, (difference, index) => {
    const sum = sums[index] as number;
    const spread = (squares[index] as number) - (sum * sum) / subjects;
    const reach = normalQuantile * Math.sqrt(Math.max(0, (spread * (subjects - 1)) / subjects));
    return [difference - reach, difference + reach];
  });
};
