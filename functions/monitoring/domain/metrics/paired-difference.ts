/**
 * The differences of two versions on the same cases, with intervals over subjects, because cases of one subject are
 * alike: by the bootstrap, and by the jackknife where there are so many that it says the same in a fraction of the time.
 */
import { bootstrapBounds } from './bootstrap.ts';
import { bySubject } from './by-subject.ts';
import { type Difference, supported } from './difference.ts';
import { jackknifeBounds } from './jackknife.ts';
import { type PairedMetric, pairedTerms } from './paired-terms.ts';

/** Subjects above which normal ends do. */
const mostResampled = 5000;

/**
 * @param first - the first version's answers, scored; at least one
 * @param subjects - of each case; null: a subject of its own
 * @param random - uniform in [0, 1)
 * @returns by metric, in their order; undefined where it is not defined, for the cases or for too many resamples
 */
export const pairedDifferences = <Scored>(
  metrics: readonly PairedMetric<Scored>[],
  first: readonly Scored[],
  second: readonly Scored[],
  subjects: readonly (string | null)[],
  random: () => number,
): (Difference | undefined)[] => {
  const grouped = bySubject(subjects);
  const terms = pairedTerms(metrics, first, second, grouped);
  const [total, row] = [new Float64Array(terms.width), new Float64Array(terms.width)];
  const differing = new Int32Array(metrics.length);
  for (let subject = 0; subject < grouped.count; subject += 1) {
    terms.read(subject, row);
    for (const [term, value] of row.entries()) total[term] = (total[term] as number) + value;
    for (let index = 0; index < metrics.length; index += 1) {
      if (terms.differs(row, index)) differing[index] = (differing[index] as number) + 1;
    }
  }
  const whole = new Float64Array(metrics.length);
  terms.differences(total, whole);
  const bounds =
    grouped.count > mostResampled
      ? jackknifeBounds(terms, grouped.count, total, whole)
      : bootstrapBounds(terms, grouped.count, metrics.length, random);
  return bounds.map((ends, index) => {
    if (ends === undefined) return undefined;
    const [lower, upper] = ends;
    return supported({ difference: whole[index] as number, lower, upper }, differing[index] as number);
  });
};
