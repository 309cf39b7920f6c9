import type { LabelValue } from '../../../contracts/cases.ts';
import type { VersionPerformance } from '../../../contracts/monitoring.ts';
import { isRight } from '../../../contracts/right-answer.ts';

/** A case that a version was asked about: what it said, or undefined where it threw or answered malformed. */
export interface Answered {
  readonly segment: number;
  readonly label: LabelValue;
  readonly given: LabelValue | undefined;
}

/** What a version has done on validated cases so far. */
export type Totals = Pick<VersionPerformance, 'cases' | 'correct' | 'failures' | 'confusion'> & {
  /** Sum over the numbers that it gave; absent where classes are predicted. */
  readonly absoluteError?: number;
};

/** The same within one segment, which is a point of its history. */
export interface Point {
  readonly segment: number;
  readonly cases: number;
  readonly correct: number;
}

export const noTotals: Totals = { cases: 0, correct: 0, failures: 0, confusion: {} };

const isCorrect =
  (tolerance: number) =>
  ({ label, given }: Answered): boolean =>
    isRight(given, label, tolerance);

/** By maps, as classes may be called `constructor` or `__proto__`. */
const addConfusion = (confusion: Totals['confusion'], answers: readonly Answered[]): Totals['confusion'] => {
  const sums = new Map(Object.entries(confusion).map(([label, said]) => [label, new Map(Object.entries(said))]));
  for (const { label, given } of answers) {
    if (typeof label !== 'string' || typeof given !== 'string') continue;
    const said = sums.get(label) ?? new Map<string, number>();
    sums.set(label, said.set(given, (said.get(given) ?? 0) + 1));
  }
  return Object.fromEntries([...sums].map(([label, said]) => [label, Object.fromEntries(said)]));
};

/** @returns of the answers that are numbers; undefined where none is */
const errorOf = (answers: readonly Answered[]): number | undefined => {
  const errors = answers.flatMap(({ label, given }) =>
    typeof label === 'number' && typeof given === 'number' ? [Math.abs(given - label)] : [],
  );
  return errors.length === 0 ? undefined : errors.reduce((sum, error) => sum + error);
};

/**
 * Adds answers. A failure counts as wrong, and stands in no cell of the confusion and in no error: nothing was said.
 *
 * @param tolerance - with which a number is right; 0 where classes are predicted
 */
export const addAnswers = (totals: Totals, answers: readonly Answered[], tolerance: number): Totals => {
  const error = errorOf(answers);
  return {
    ...totals,
    cases: totals.cases + answers.length,
    correct: totals.correct + answers.filter(isCorrect(tolerance)).length,
    failures: totals.failures + answers.filter(({ given }) => given === undefined).length,
    confusion: addConfusion(totals.confusion, answers),
    ...(error === undefined ? {} : { absoluteError: (totals.absoluteError ?? 0) + error }),
  };
};

/** One point for each segment that held a case, in order. */
export const pointsOf = (answers: readonly Answered[], tolerance: number): Point[] =>
  [...Map.groupBy(answers, ({ segment }) => segment)]
    .sort(([one], [other]) => one - other)
    .map(([segment, some]) => ({
      segment,
      cases: some.length,
      correct: some.filter(isCorrect(tolerance)).length,
    }));
