/** What a model does; the others of the design come with their recipes. */
export const Task = {
  TabularClassification: 'tabular-classification',
  TabularRegression: 'tabular-regression',
} as const;
export type Task = (typeof Task)[keyof typeof Task];

/** The metric by which candidates are chosen. */
export const Metric = {
  Accuracy: 'accuracy',
  BalancedAccuracy: 'balanced-accuracy',
  Precision: 'precision',
  Recall: 'recall',
  F1: 'f1',
  LogLoss: 'log-loss',
  Brier: 'brier',
  RocAuc: 'roc-auc',
  RootMeanSquaredError: 'rmse',
  MeanSquaredError: 'mse',
  MeanAbsoluteError: 'mae',
  RSquared: 'r2',
} as const;
export type Metric = (typeof Metric)[keyof typeof Metric];

const regressionMetrics: readonly Metric[] = [
  Metric.RootMeanSquaredError,
  Metric.MeanSquaredError,
  Metric.MeanAbsoluteError,
  Metric.RSquared,
];

/** Whether candidates of a task can be chosen by a metric. */
export const suitsTask = (metric: Metric, task: Task): boolean =>
  regressionMetrics.includes(metric) === (task === Task.TabularRegression);

/** @returns the recipe's metric, or the task's default */
export const metricOf = (task: Task, metric: Metric | undefined): Metric =>
  metric ?? (task === Task.TabularRegression ? Metric.RootMeanSquaredError : Metric.Accuracy);
