import { brierOf, logLossOf } from '../metrics/classification.ts';
import type { PairedMetric } from '../metrics/paired-terms.ts';
import type { ScoredClass, ScoredNumber } from '../metrics/scored.ts';

const first = (means: Float64Array): number => means[0] as number;

/** Whether the class given is the true one; never where the version failed. */
export const isRight = ({ truth, given }: ScoredClass): boolean => truth === given;

/** Metrics of classifiers that are compared by means, in the order in which they are told. */
export const classMetrics = (classes: number): readonly PairedMetric<ScoredClass>[] => [
  { name: 'accuracy', lowerIsBetter: false, terms: (scored) => [Number(isRight(scored))], metric: first },
  {
    name: 'balancedAccuracy',
    lowerIsBetter: false,
    // Whether the case is of each class, then whether it was found.
    terms: ({ truth, given }) => {
      const terms = new Array<number>(2 * classes).fill(0);
      terms[truth] = 1;
      if (truth === given) terms[classes + truth] = 1;
      return terms;
    },
    metric: (means) => {
      let [sum, occurring] = [0, 0];
      for (let index = 0; index < classes; index += 1) {
        const all = means[index] as number;
        if (all <= 0) continue;
        sum += (means[classes + index] as number) / all;
        occurring += 1;
      }
      return sum / occurring;
    },
  },
  { name: 'logLoss', lowerIsBetter: true, terms: (scored) => [logLossOf(scored)], metric: first },
  { name: 'brier', lowerIsBetter: true, terms: (scored) => [brierOf(scored, classes)], metric: first },
];

const errorOf = ({ truth, given = Number.NaN }: ScoredNumber): number => given - truth;

/** Metrics of regressors' errors, over cases that both versions answer. */
export const errorMetrics: readonly PairedMetric<ScoredNumber>[] = [
  { name: 'mae', lowerIsBetter: true, terms: (scored) => [Math.abs(errorOf(scored))], metric: first },
  { name: 'mse', lowerIsBetter: true, terms: (scored) => [errorOf(scored) ** 2], metric: first },
  {
    name: 'rmse',
    lowerIsBetter: true,
    terms: (scored) => [errorOf(scored) ** 2],
    metric: (means) => Math.sqrt(first(means)),
  },
];

/** Share of the truth's mean square below which its variance is what rounding left. */
const leastVariance = 1e-12;

/** @param centre - of the truth, about which its squares are taken: far from it they would cancel */
export const explainedVariance = (centre: number): PairedMetric<ScoredNumber> => ({
  name: 'r2',
  lowerIsBetter: false,
  terms: (scored) => [errorOf(scored) ** 2, scored.truth - centre, (scored.truth - centre) ** 2],
  metric: (means) => {
    const [squared, mean, square] = [means[0] as number, means[1] as number, means[2] as number];
    const variance = square - mean ** 2;
    return variance > leastVariance * square ? 1 - squared / variance : Number.NaN;
  },
});

/** Whether a number is as near as the label's tolerance asks; never where the version failed. */
export const isWithin = (tolerance: number, scored: ScoredNumber): boolean => Math.abs(errorOf(scored)) <= tolerance;

/** Over all cases: a failure is wrong. */
export const toleranceMetric = (tolerance: number): PairedMetric<ScoredNumber> => ({
  name: 'withinTolerance',
  lowerIsBetter: false,
  terms: (scored) => [Number(isWithin(tolerance, scored))],
  metric: first,
});
