import type { LabelValue } from './cases.ts';
import type { ModelSchema } from './model.ts';

/** The largest error with which a number still counts as right; 0 where classes are predicted, which are right or not. */
export const toleranceOf = ({ label }: Pick<ModelSchema, 'label'>): number =>
  label.type === 'number' ? label.tolerance : 0;

/**
 * Whether an answer is right: the class itself, or a number within the tolerance.
 *
 * @param answer - undefined where there was none
 */
export const isRight = (answer: LabelValue | undefined, truth: LabelValue, tolerance: number): boolean =>
  typeof answer === 'number' && typeof truth === 'number' ? Math.abs(answer - truth) <= tolerance : answer === truth;
