import type { SideMetrics } from '../../../../contracts/metrics.ts';
import { classificationMetrics } from '../metrics/classification.ts';
import { regressionMetrics } from '../metrics/regression.ts';
import type { ScoredClass, ScoredNumber } from '../metrics/scored.ts';
import type { EvaluatedCase, Target, VersionAnswer } from './answered-case.ts';
import { EvaluationError } from './evaluation-error.ts';

/** @throws EvaluationError for a label that is no class: the dataset is of another schema */
export const scoredClass = (
  classes: readonly string[],
  { label }: EvaluatedCase,
  answer: VersionAnswer,
): ScoredClass => {
  const truth = classes.indexOf(String(label));
  if (truth < 0) {
    throw new EvaluationError(
      `Expected labels among ${classes.length} classes, found another. Evaluate on a newer dataset.`,
    );
  }
  const given = answer === undefined ? -1 : classes.indexOf(String(answer.label));
  return { truth, given: given < 0 ? undefined : given, probabilities: answer?.probabilities ?? [] };
};

export const scoredNumber = ({ label }: EvaluatedCase, answer: VersionAnswer): ScoredNumber => ({
  truth: Number(label),
  given: answer === undefined ? undefined : Number(answer.label),
});

/** All metrics of a version's answers. @param answers - one for each case; at least one */
export const measureAnswers = (
  target: Target,
  cases: readonly EvaluatedCase[],
  answers: readonly VersionAnswer[],
): SideMetrics =>
  target.kind === 'class'
    ? classificationMetrics(
        cases.map((row, index) => scoredClass(target.classes, row, answers[index])),
        target.classes,
      )
    : regressionMetrics(
        cases.map((row, index) => scoredNumber(row, answers[index])),
        target.tolerance,
      );
