/** Answers of the API, as its contracts have them. */
import { Evaluation } from '../../contracts/evaluations.ts';
import { Job } from '../../contracts/training.ts';
import { Version } from '../../contracts/versions.ts';

export const dataset = `ds_${'0123456789abcdef'.repeat(4)}`;
const at = '2026-01-02T03:04:05.000Z';
const share = { precision: 0.95, recall: 0.95, f1: 0.95 };

export const classMetrics = {
  cases: 113,
  accuracy: 0.9558,
  balancedAccuracy: 0.95,
  ...share,
  logLoss: 0.11,
  brier: null,
  rocAuc: 0.99123,
  perClass: { benign: { ...share, cases: 70 }, malignant: { ...share, cases: 43 } },
  confusionMatrix: {
    classes: ['benign', 'malignant'],
    counts: [
      [68, 2],
      [3, 40],
    ],
  },
};

export const numberMetrics = { cases: 88, mae: 40, mse: 2916, rmse: 54, r2: 0.5, withinTolerance: 0.25 };

const versionMetrics = {
  training: null,
  holdout: classMetrics,
  importance: [
    { field: 'worst_area', mean: 0.2, standardError: 0.01 },
    { field: 'texture', mean: 0.1, standardError: null },
    { field: 'noise', mean: -0.01, standardError: null },
  ],
  crossValidation: { metric: 'roc-auc', mean: 0.9876, standardError: 0.0034, folds: 5 },
};

export const job = (over: object = {}): Job =>
  Job.parse({
    id: 'job_01JZZZZZZZZZZZZZZZZZZZZZZZ',
    model: 'diagnosis',
    status: 'queued',
    trigger: 'manual',
    reason: 'started by hand',
    recipe: { name: 'tabular', metric: 'roc-auc', parameters: { algorithms: ['linear', 'lightgbm'], seconds: 30 } },
    seed: 1,
    rollOut: true,
    instanceType: 'ml.m5.large',
    spot: true,
    runs: 1,
    cost: { estimated: 0.115, spent: 0, currency: 'USD' },
    createdAt: at,
    ...over,
  });

export const completedJob = (over: object = {}): Job =>
  job({
    status: 'completed',
    version: 'v1.1.0',
    startedAt: at,
    endedAt: '2026-01-02T03:04:39.000Z',
    seconds: 34,
    dataset,
    metrics: versionMetrics,
    cost: { estimated: 0.115, spent: 0.00123, currency: 'USD' },
    ...over,
  });

export const version = (over: object = {}): Version =>
  Version.parse({
    version: 'v1.1.0',
    status: 'staging',
    createdAt: at,
    artifact: { digest: 'a'.repeat(64), bytes: 1000, format: 'onnx' },
    signature: { numeric: ['worst_area'], categorical: [], classes: ['benign', 'malignant'] },
    lineage: {
      dataset,
      cut: 1,
      job: job().id,
      codeVersion: '0.1.0',
      recipe: 'tabular',
      algorithm: 'linear',
      seed: 1,
    },
    metrics: versionMetrics,
    gate: [{ check: 'parity', passed: true, detail: 'Every row agrees.' }],
    ...over,
  });

export const evaluation = (over: object = {}): Evaluation =>
  Evaluation.parse({
    id: 'evl_01JZZZZZZZZZZZZZZZZZZZZZZZ',
    model: 'diagnosis',
    status: 'running',
    versions: ['v1.0.0', 'v1.1.0'],
    dataset,
    part: 'holdout',
    createdAt: at,
    ...over,
  });

const result = (name: string, metrics: object, slices: object[] = []) => ({
  version: name,
  metrics,
  slices,
  failures: 0,
  trainedOn: 0,
});

export const comparison = (over: object = {}): Evaluation =>
  evaluation({
    status: 'completed',
    cases: 113,
    results: [
      result('v1.0.0', classMetrics, [{ field: 'smoker', value: 'yes', metrics: { ...classMetrics, cases: 40 } }]),
      {
        ...result('v1.1.0', { ...classMetrics, accuracy: 0.97 }, [
          { field: 'smoker', value: 'yes', metrics: { ...classMetrics, cases: 40, accuracy: 0.875 } },
        ]),
        failures: 2,
        trainedOn: 7,
      },
    ],
    differences: [
      ['accuracy', 0.0142, 0.001, 0.03, true],
      ['logLoss', 0.05, 0.01, 0.09, false],
      ['brier', 0.0001, -0.01, 0.01, null],
    ].map(([metric, difference, lower, upper, better]) => ({
      version: 'v1.1.0',
      against: 'v1.0.0',
      metric,
      difference,
      lower,
      upper,
      better,
    })),
    ...over,
  });
