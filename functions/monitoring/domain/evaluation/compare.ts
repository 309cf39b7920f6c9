import type { PairedDifference } from '../../../../contracts/evaluations.ts';
import { brierOf, logLossOf } from '../metrics/classification.ts';
import { areaDifference } from '../metrics/delong.ts';
import { type Difference, type PairedMetric, pairedDifferences } from '../metrics/paired-difference.ts';
import type { ScoredClass, ScoredNumber } from '../metrics/scored.ts';
import type { EvaluatedCase, Target, VersionAnswer } from './answered-case.ts';
import { scoredClass, scoredNumber } from './measure.ts';

const first = ([mean = 0]: readonly number[]): number => mean;

const classMetrics = (classes: number): readonly PairedMetric<ScoredClass>[] => [
  {
    name: 'accuracy',
    lowerIsBetter: false,
    terms: ({ truth, given }) => [Number(truth === given)],
    metric: first,
  },
  {
    name: 'balancedAccuracy',
    lowerIsBetter: false,
    // For each class: whether the case is of it, and whether it was found.
    terms: ({ truth, given }) =>
      Array.from({ length: classes }, (_, index) => [
        Number(truth === index),
        Number(truth === index && given === index),
      ]).flat(),
    metric: (means) => {
      const recalls = Array.from(
        { length: classes },
        (_, index) => [means[2 * index] ?? 0, means[2 * index + 1] ?? 0] as const,
      )
        .filter(([all]) => all > 0)
        .map(([all, found]) => found / all);
      return recalls.reduce((sum, recall) => sum + recall, 0) / Math.max(1, recalls.length);
    },
  },
  { name: 'logLoss', lowerIsBetter: true, terms: (scored) => [logLossOf(scored)], metric: first },
  { name: 'brier', lowerIsBetter: true, terms: (scored) => [brierOf(scored, classes)], metric: first },
];

const errorOf = ({ truth, given = Number.NaN }: ScoredNumber): number => given - truth;

const numberMetrics = (tolerance: number): readonly PairedMetric<ScoredNumber>[] => [
  { name: 'mae', lowerIsBetter: true, terms: (scored) => [Math.abs(errorOf(scored))], metric: first },
  { name: 'mse', lowerIsBetter: true, terms: (scored) => [errorOf(scored) ** 2], metric: first },
  {
    name: 'rmse',
    lowerIsBetter: true,
    terms: (scored) => [errorOf(scored) ** 2],
    metric: (means) => Math.sqrt(first(means)),
  },
  {
    name: 'r2',
    lowerIsBetter: false,
    terms: (scored) => [errorOf(scored) ** 2, scored.truth, scored.truth ** 2],
    metric: ([squared = 0, mean = 0, square = 0]) => 1 - squared / (square - mean ** 2),
  },
  {
    name: 'withinTolerance',
    lowerIsBetter: false,
    terms: (scored) => [Number(Math.abs(errorOf(scored)) <= tolerance)],
    metric: first,
  },
];

/** Two versions that are compared, each with its answers to the same cases. */
export interface Compared {
  readonly version: string;
  readonly answers: readonly VersionAnswer[];
}

type Named = Pick<PairedDifference, 'metric' | 'difference' | 'lower' | 'upper' | 'better'>;

const named = (metric: string, { difference, lower, upper }: Difference, lowerIsBetter: boolean): Named => ({
  metric,
  difference,
  lower,
  upper,
  better: lower <= 0 && upper >= 0 ? null : difference < 0 === lowerIsBetter,
});

const pairs = <Scored>(
  metrics: readonly PairedMetric<Scored>[],
  [mine, theirs]: readonly [readonly Scored[], readonly Scored[]],
  subjects: readonly (string | null)[],
  random: () => number,
): Named[] =>
  pairedDifferences(metrics, mine, theirs, subjects, random).map((found, index) => {
    const { name, lowerIsBetter } = metrics[index] as PairedMetric<Scored>;
    return named(name, found, lowerIsBetter);
  });

const fewestOfSide = 2;

const areas = (mine: readonly ScoredClass[], theirs: readonly ScoredClass[]): Named[] => {
  const positive = mine.map(({ truth }) => truth === 1);
  const positives = positive.filter(Boolean).length;
  if (Math.min(positives, positive.length - positives) < fewestOfSide) return [];
  const scores = (scored: readonly ScoredClass[]): number[] => scored.map(({ probabilities }) => probabilities[1] ?? 0);
  return [named('rocAuc', areaDifference(scores(mine), scores(theirs), positive), false)];
};

/**
 * How a version differs from another on the same cases. Where numbers are predicted, cases on which either failed are
 * left out.
 *
 * @param random - uniform in [0, 1)
 */
export const compareAnswers = (
  target: Target,
  cases: readonly EvaluatedCase[],
  one: Compared,
  other: Compared,
  random: () => number,
): PairedDifference[] => {
  const name = (found: Named): PairedDifference => ({ version: one.version, against: other.version, ...found });
  if (target.kind === 'class') {
    const { classes } = target;
    const scored = [one, other].map(({ answers }) =>
      cases.map((row, index) => scoredClass(classes, row, answers[index])),
    );
    const [mine = [], theirs = []] = scored;
    const subjects = cases.map(({ subject }) => subject);
    const found = pairs(classMetrics(classes.length), [mine, theirs], subjects, random);
    return [...found, ...(classes.length === 2 ? areas(mine, theirs) : [])].map(name);
  }
  const both = cases
    .map((_, index) => index)
    .filter((index) => one.answers[index] !== undefined && other.answers[index] !== undefined);
  const scoredBy = ({ answers }: Compared): ScoredNumber[] =>
    both.map((index) => scoredNumber(cases[index] as EvaluatedCase, answers[index]));
  const subjects = both.map((index) => cases[index]?.subject ?? null);
  if (both.length === 0) return [];
  return pairs(numberMetrics(target.tolerance), [scoredBy(one), scoredBy(other)], subjects, random).map(name);
};
