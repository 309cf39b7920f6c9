import type { VersionPerformance } from '../../../contracts/monitoring.ts';

/** A case that a version was asked about: what it said, or undefined where it threw or answered malformed. */
export interface Answered {
  readonly segment: number;
  readonly label: string;
  readonly given: string | undefined;
}

/** What a version has done on validated cases so far. */
export type Totals = Pick<VersionPerformance, 'cases' | 'correct' | 'failures' | 'confusion'>;

/** The same within one segment, which is a point of its history. */
export interface Point {
  readonly segment: number;
  readonly cases: number;
  readonly correct: number;
}

export const noTotals: Totals = { cases: 0, correct: 0, failures: 0, confusion: {} };

const isCorrect = ({ label, given }: Answered): boolean => given === label;

/** Adds answers. A failure counts as wrong, and stands in no cell of the confusion: nothing was said. */
export const addAnswers = (totals: Totals, answers: readonly Answered[]): Totals => {
  const confusion = structuredClone(totals.confusion);
  for (const { label, given } of answers) {
    if (given === undefined) continue;
    const said = confusion[label] ?? {};
    said[given] = (said[given] ?? 0) + 1;
    confusion[label] = said;
  }
  return {
    cases: totals.cases + answers.length,
    correct: totals.correct + answers.filter(isCorrect).length,
    failures: totals.failures + answers.filter(({ given }) => given === undefined).length,
    confusion,
  };
};

/** One point for each segment that held a case, in order. */
export const pointsOf = (answers: readonly Answered[]): Point[] =>
  [...Map.groupBy(answers, ({ segment }) => segment)]
    .sort(([one], [other]) => one - other)
    .map(([segment, some]) => ({ segment, cases: some.length, correct: some.filter(isCorrect).length }));
