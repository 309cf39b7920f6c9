import type { Schemas } from '../../client/index.ts';
import { metricOf, Task } from '../../contracts/model.ts';
import { short } from './numbers.ts';

type SideMetrics = Schemas['ClassificationMetrics'] | Schemas['RegressionMetrics'];

const digits = 4;

/** A metric's value: one digit more than other numbers, since versions differ little. */
export const score = (value: number | null | undefined): string => short(value, digits);

/** `rocAuc`, as metrics are keyed, is the recipe's `roc-auc`. */
export const metricName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const counts: readonly string[] = ['cases'];

/** The metrics that are one number each, by their names; null where it is not defined. */
export const numbersOf = (metrics: SideMetrics): [name: string, value: number | null][] =>
  Object.entries(metrics).flatMap(([key, value]) =>
    !counts.includes(key) && (typeof value === 'number' || value === null)
      ? [[metricName(key), value] satisfies [string, number | null]]
      : [],
  );

/** The metric that candidates were chosen by, on some cases. */
export const chosenMetric = (
  metric: Schemas['TrainingJob']['recipe']['metric'],
  metrics: SideMetrics,
): [name: string, value: number | null] => {
  const numbers = new Map(numbersOf(metrics));
  const name = metricOf(numbers.has('rmse') ? Task.TabularRegression : Task.TabularClassification, metric);
  return [name, numbers.get(name) ?? null];
};
