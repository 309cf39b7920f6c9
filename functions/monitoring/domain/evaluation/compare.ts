import type { PairedDifference } from '../../../../contracts/evaluations.ts';
import { rankingScore } from '../metrics/classification.ts';
import { areaDifference } from '../metrics/delong.ts';
import type { Difference } from '../metrics/difference.ts';
import { pairedDifferences } from '../metrics/paired-difference.ts';
import { shareDifference } from '../metrics/paired-shares.ts';
import type { PairedMetric } from '../metrics/paired-terms.ts';
import type { ScoredClass, ScoredNumber } from '../metrics/scored.ts';
import type { EvaluatedCase, Target, VersionAnswer } from './answered-case.ts';
import {
  classMetrics,
  errorMetrics,
  explainedVariance,
  isRight,
  isWithin,
  toleranceMetric,
} from './compared-metrics.ts';
import { scoredClass, scoredNumber } from './measure.ts';

/** Two versions that are compared, each with its answers to the same cases. */
export interface Compared {
  readonly version: string;
  readonly answers: readonly VersionAnswer[];
}

type Named = Pick<PairedDifference, 'metric' | 'difference' | 'lower' | 'upper' | 'better'>;
type Subjects = readonly (string | null)[];
/** The first version's answers, scored, and the second's. */
type Pair<Scored> = readonly [mine: readonly Scored[], theirs: readonly Scored[]];

/** A metric that is not defined is left out. */
const named = (metric: string, found: Difference | undefined, lowerIsBetter = false): Named[] => {
  if (found === undefined) return [];
  const { difference, lower, upper } = found;
  const better = lower <= 0 && upper >= 0 ? null : difference < 0 === lowerIsBetter;
  return [{ metric, difference, lower, upper, better }];
};

const byMeans = <Scored>(
  metrics: readonly PairedMetric<Scored>[],
  [mine, theirs]: Pair<Scored>,
  subjects: Subjects,
  random: () => number,
): Named[] =>
  pairedDifferences(metrics, mine, theirs, subjects, random).flatMap((found, index) => {
    const { name, lowerIsBetter } = metrics[index] as PairedMetric<Scored>;
    return named(name, found, lowerIsBetter);
  });

/** Whether each subject has one case, so that cases are independent. */
const areApart = (subjects: Subjects): boolean => {
  const known = subjects.filter((subject) => subject !== null);
  return new Set(known).size === known.length;
};

/** By Tango's interval where cases are independent. */
const ofShares = <Scored>(
  right: (scored: Scored) => boolean,
  metric: PairedMetric<Scored>,
  [mine, theirs]: Pair<Scored>,
  subjects: Subjects,
  random: () => number,
): Named[] =>
  areApart(subjects)
    ? named(metric.name, shareDifference(mine.map(right), theirs.map(right)))
    : byMeans([metric], [mine, theirs], subjects, random);

const compareClasses = (
  classes: number,
  [mine, theirs]: Pair<ScoredClass>,
  subjects: Subjects,
  random: () => number,
): Named[] => {
  const [accuracy, ...others] = classMetrics(classes);
  const found = [
    ...ofShares(isRight, accuracy as PairedMetric<ScoredClass>, [mine, theirs], subjects, random),
    ...byMeans(others, [mine, theirs], subjects, random),
  ];
  if (classes !== 2) return found;
  const [positiveOf, scoreOf] = [
    ({ truth }: ScoredClass): boolean => truth === 1,
    (scored: ScoredClass): number => rankingScore(scored, 1),
  ];
  const area = areaDifference(mine.map(scoreOf), theirs.map(scoreOf), mine.map(positiveOf), subjects);
  return [...found, ...named('rocAuc', area)];
};

const compareNumbers = (
  tolerance: number,
  [mine, theirs]: Pair<ScoredNumber>,
  subjects: Subjects,
  random: () => number,
): Named[] => {
  const answered = mine.map(({ given }, index) => given !== undefined && theirs[index]?.given !== undefined);
  const ofAnswered = <Value>(values: readonly Value[]): Value[] => values.filter((_, index) => answered[index]);
  const both: Pair<ScoredNumber> = [ofAnswered(mine), ofAnswered(theirs)];
  const truths = both[0].map(({ truth }) => truth);
  const centre = truths.reduce((sum, truth) => sum + truth / truths.length, 0);
  const metrics = [...errorMetrics, explainedVariance(centre)];
  return [
    ...(truths.length === 0 ? [] : byMeans(metrics, both, ofAnswered(subjects), random)),
    ...ofShares((scored) => isWithin(tolerance, scored), toleranceMetric(tolerance), [mine, theirs], subjects, random),
  ];
};

/**
 * How a version differs from another on the same cases. A failure is wrong; the errors of numbers are over the cases
 * that both answered. A metric that the cases do not define is left out, as r2 is where the truth hardly varies.
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
  if (cases.length === 0) return [];
  const pairOf = <Scored>(scored: (row: EvaluatedCase, answer: VersionAnswer) => Scored): Pair<Scored> => [
    cases.map((row, index) => scored(row, one.answers[index])),
    cases.map((row, index) => scored(row, other.answers[index])),
  ];
  const subjects = cases.map(({ subject }) => subject);
  const found =
    target.kind === 'class'
      ? compareClasses(
          target.classes.length,
          pairOf((row, answer) => scoredClass(target.classes, row, answer)),
          subjects,
          random,
        )
      : compareNumbers(target.tolerance, pairOf(scoredNumber), subjects, random);
  return found.map((difference) => ({ version: one.version, against: other.version, ...difference }));
};
