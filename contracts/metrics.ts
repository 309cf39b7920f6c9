import * as z from 'zod';

const share = z.number().min(0).max(1);
const perClass = z.strictObject({ precision: share, recall: share, f1: share, cases: z.int() });

/** Share of cases whose class was right among those that were predicted with about the same probability. */
const CalibrationBin = z.strictObject({
  from: share,
  to: share,
  cases: z.int(),
  meanProbability: share.nullable(),
  positiveShare: share.nullable(),
});

/** Metrics of a classifier on one set of cases; precision, recall and F1 are macro averages. */
export const ClassificationMetrics = z
  .looseObject({
    cases: z.int(),
    accuracy: share,
    balancedAccuracy: share,
    precision: share,
    recall: share,
    f1: share,
    logLoss: z.number().nullable(),
    brier: z.number().min(0).max(2).nullable().optional().meta({
      description: 'mean squared distance of probabilities from the truth, summed over classes: 0 to 2',
    }),
    calibration: z
      .array(CalibrationBin)
      .optional()
      .meta({ description: 'of the class predicted, by its probability, in ten bins' }),
    rocAuc: share.nullable(),
    perClass: z.record(z.string(), perClass),
    confusionMatrix: z.strictObject({
      classes: z.array(z.string()),
      counts: z.array(z.array(z.int())).meta({ description: 'rows truth, columns prediction' }),
    }),
  })
  .meta({ id: 'ClassificationMetrics' });

/** Metrics of a regressor on one set of cases, in the label's unit. */
export const RegressionMetrics = z
  .looseObject({
    cases: z.int(),
    mae: z.number().min(0).nullable().meta({ description: 'mean absolute error; null for no answers' }),
    mse: z.number().min(0).nullable().meta({ description: 'mean squared error; null for no answers' }),
    rmse: z.number().min(0).nullable().meta({ description: 'root of the mean squared error; null for no answers' }),
    r2: z
      .number()
      .nullable()
      .meta({ description: 'share of variance explained; null where the truth does not vary, and for no answers' }),
    withinTolerance: share.meta({ description: 'share of answers that count as right by the tolerance of the label' }),
  })
  .meta({ id: 'RegressionMetrics' });

/** Of a classifier, or of a regressor. */
export const SideMetrics = z.union([ClassificationMetrics, RegressionMetrics]);
export type SideMetrics = z.infer<typeof SideMetrics>;

const isOfRegressor = (metrics: SideMetrics): metrics is z.infer<typeof RegressionMetrics> =>
  typeof metrics.withinTolerance === 'number';

/** @returns share of answers that were right: the class, or a number within the label's tolerance */
export const shareRight = (metrics: SideMetrics): number =>
  isOfRegressor(metrics) ? metrics.withinTolerance : metrics.accuracy;

/** Which cases a slice holds. A category may be called `other` or `missing` too. */
export const SliceKind = {
  /** Those that have one value of the field. */
  Value: 'value',
  /** Those of all values that are too rare to be told of by themselves. */
  Other: 'other',
  /** Those that have no value of the field. */
  Missing: 'missing',
} as const;
export type SliceKind = (typeof SliceKind)[keyof typeof SliceKind];

/** Metrics of the cases that have one value of a field. */
export const Slice = z.strictObject({
  field: z.string(),
  value: z.string(),
  kind: z
    .enum(SliceKind)
    .default(SliceKind.Value)
    .meta({ description: 'value, or other: the values that are too rare, or missing: the cases without a value' }),
  metrics: SideMetrics,
});

/** How much worse the holdout's score becomes when one field's values are shuffled. */
const FieldImportance = z.strictObject({
  field: z.string(),
  mean: z.number().meta({ description: 'drop of the metric, over the repetitions; above 0: the field helps' }),
  standardError: z.number().min(0).nullable(),
  shap: z.number().min(0).optional().meta({ description: 'mean absolute SHAP value, for trees' }),
});

export const VersionMetrics = z
  .strictObject({
    training: SideMetrics.nullable(),
    holdout: SideMetrics.nullable(),
    gold: SideMetrics.nullable().optional().meta({ description: 'on the gold cases, which no version is trained on' }),
    slices: z.array(Slice).optional(),
    importance: z.array(FieldImportance).optional().meta({ description: 'permutation importance, the largest first' }),
    crossValidation: z
      .looseObject({ metric: z.string(), mean: z.number(), standardError: z.number().nullable(), folds: z.int() })
      .nullable(),
  })
  .meta({ id: 'VersionMetrics' });
export type VersionMetrics = z.infer<typeof VersionMetrics>;
