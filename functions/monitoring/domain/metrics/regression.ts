import type * as z from 'zod';
import type { RegressionMetrics } from '../../../../contracts/metrics.ts';
import type { ScoredNumber } from './scored.ts';

type Metrics = z.infer<typeof RegressionMetrics>;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Metrics of a regressor, in the unit of the label. A case on which the version failed counts as outside the tolerance,
 * and is no part of the errors.
 *
 * @param cases - at least one
 * @param tolerance - largest error that counts as right
 */
export const regressionMetrics = (cases: readonly ScoredNumber[], tolerance: number): Metrics => {
  const answered = cases.flatMap(({ truth, given }) => (given === undefined ? [] : [{ truth, error: given - truth }]));
  const squared = answered.map(({ error }) => error ** 2);
  const mse = answered.length === 0 ? 0 : mean(squared);
  const centre = answered.length === 0 ? 0 : mean(answered.map(({ truth }) => truth));
  const total = answered.reduce((sum, { truth }) => sum + (truth - centre) ** 2, 0);
  return {
    cases: cases.length,
    failures: cases.length - answered.length,
    mae: answered.length === 0 ? 0 : mean(answered.map(({ error }) => Math.abs(error))),
    mse,
    rmse: Math.sqrt(mse),
    r2: total === 0 ? null : 1 - (mse * answered.length) / total,
    withinTolerance: answered.filter(({ error }) => Math.abs(error) <= tolerance).length / cases.length,
  };
};
