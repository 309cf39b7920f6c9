import type * as z from 'zod';
import type { ClassificationMetrics } from '../../../../contracts/metrics.ts';
import { areaUnderCurve } from '../profile/strength.ts';
import type { ScoredClass } from './scored.ts';

/**
 * Metrics of a classifier, defined as in scikit-learn's user guide, "Metrics and scoring"; a macro average is over the
 * classes that occur in the truth or among the answers. A case on which the version failed counts as wrong, with
 * probability 0 of its class.
 */
type Metrics = z.infer<typeof ClassificationMetrics>;

/** What log loss takes for a probability of 0. */
const smallestProbability = 1e-15;
const calibrationBins = 10;

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const mean = (values: readonly number[]): number =>
  share(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );

/** Natural logarithm of the true class's probability, negative: nats. */
export const logLossOf = ({ truth, probabilities }: ScoredClass): number =>
  -Math.log(Math.min(1, Math.max(smallestProbability, probabilities[truth] ?? 0)));

/** Squared distance of the probabilities from the truth, summed over the classes: 0 to 2. Brier, Monthly Weather Review 78 (1950). */
export const brierOf = ({ truth, probabilities }: ScoredClass, classes: number): number => {
  let sum = 0;
  for (let index = 0; index < classes; index += 1) {
    sum += ((probabilities[index] ?? 0) - (index === truth ? 1 : 0)) ** 2;
  }
  return sum;
};

/**
 * What cases are ranked by for one class against the rest: its probability. A case on which the version failed is worst,
 * below every probability where it is of the class, above them where it is not.
 */
export const rankingScore = ({ truth, given, probabilities }: ScoredClass, index: number): number => {
  if (given === undefined) return truth === index ? -1 : 2;
  return probabilities[index] ?? 0;
};

/**
 * Of two classes the area of the second; of more, the macro average of one class against the rest over the classes that
 * occur. Null where only one does.
 */
const rocAucOf = (cases: readonly ScoredClass[], classes: number): number | null => {
  const occurring = Array.from({ length: classes }, (_, index) => index).filter((index) =>
    cases.some(({ truth }) => truth === index),
  );
  if (occurring.length < 2) return null;
  const areas = (classes === 2 ? [1] : occurring).map((index) =>
    areaUnderCurve(
      cases.map((scored) => rankingScore(scored, index)),
      cases.map(({ truth }) => truth === index),
    ),
  );
  return mean(areas);
};

const calibrationOf = (cases: readonly ScoredClass[]): NonNullable<Metrics['calibration']> => {
  const answered = cases.flatMap(({ truth, given, probabilities }) =>
    given === undefined ? [] : [{ probability: probabilities[given] ?? 0, right: given === truth }],
  );
  const binOf = (probability: number): number =>
    Math.min(calibrationBins - 1, Math.floor(probability * calibrationBins));
  const bins = Map.groupBy(answered, ({ probability }) => binOf(probability));
  return Array.from({ length: calibrationBins }, (_, index) => {
    const bin = bins.get(index) ?? [];
    return {
      from: index / calibrationBins,
      to: (index + 1) / calibrationBins,
      cases: bin.length,
      meanProbability: bin.length === 0 ? null : Math.min(1, mean(bin.map(({ probability }) => probability))),
      positiveShare: bin.length === 0 ? null : mean(bin.map(({ right }) => Number(right))),
    };
  });
};

/** @param cases - at least one */
export const classificationMetrics = (cases: readonly ScoredClass[], classes: readonly string[]): Metrics => {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { truth, given } of cases) {
    const row = counts[truth];
    if (row !== undefined && given !== undefined) row[given] = (row[given] ?? 0) + 1;
  }
  const truths = classes.map((_, index) => cases.filter(({ truth }) => truth === index).length);
  const givens = classes.map((_, index) => cases.filter(({ given }) => given === index).length);
  const perClass = classes.map((_, index) => {
    const right = counts[index]?.[index] ?? 0;
    const [all, said] = [truths[index] ?? 0, givens[index] ?? 0];
    const [precision, recall] = [share(right, said), share(right, all)];
    return { precision, recall, f1: share(2 * precision * recall, precision + recall), cases: all };
  });
  const occurring = perClass.filter((_, index) => (truths[index] ?? 0) + (givens[index] ?? 0) > 0);
  const right = cases.filter(({ truth, given }) => truth === given).length;
  return {
    cases: cases.length,
    accuracy: share(right, cases.length),
    balancedAccuracy: mean(perClass.filter(({ cases: all }) => all > 0).map(({ recall }) => recall)),
    precision: mean(occurring.map(({ precision }) => precision)),
    recall: mean(occurring.map(({ recall }) => recall)),
    f1: mean(occurring.map(({ f1 }) => f1)),
    logLoss: mean(cases.map(logLossOf)),
    brier: mean(cases.map((scored) => brierOf(scored, classes.length))),
    calibration: calibrationOf(cases),
    rocAuc: rocAucOf(cases, classes.length),
    perClass: Object.fromEntries(classes.map((name, index) => [name, perClass[index] as (typeof perClass)[number]])),
    confusionMatrix: { classes: [...classes], counts },
  };
};
