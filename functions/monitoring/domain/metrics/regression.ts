import type * as z from 'zod';
import type { RegressionMetrics } from '../../../../contracts/metrics.ts';
import type { ScoredNumber } from './scored.ts';

type Metrics = z.infer<typeof RegressionMetrics>;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Compared as values: of equal numbers the rounded variance may lie above 0. */
const varies = (values: readonly number[]): boolean => values.some((value) => value !== values[0]);

/**
 * Metrics of a regressor, in the unit of the label. A case on which the version failed counts as outside the tolerance,
 * and is no part of the errors; a version that failed on all has none.
 *
 * @param cases - at least one
 * @param tolerance - largest error that counts as right
 */
export const regressionMetrics = (cases: readonly ScoredNumber[], tolerance: number): Metrics => {
  const answered = cases.flatMap(({ truth, given }) => (given === undefined ? [] : [{ truth, error: given - truth }]));
  const counts = {
    cases: cases.length,
    failures: cases.length - answered.length,
    withinTolerance: answered.filter(({ error }) => Math.abs(error) <= tolerance).length / cases.length,
  };
  if (answered.length === 0) return { ...counts, mae: null, mse: null, rmse: null, r2: null };
  const truths = answered.map(({ truth }) => truth);
  const centre = mean(truths);
  const mse = mean(answered.map(({ error }) => error ** 2));
  return {
    ...counts,
    mae: mean(answered.map(({ error }) => Math.abs(error))),
    mse,
    rmse: Math.sqrt(mse),
    r2: varies(truths) ? 1 - mse / mean(truths.map((truth) => (truth - centre) ** 2)) : null,
  };
};
