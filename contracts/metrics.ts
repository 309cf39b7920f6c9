import * as z from 'zod';

const share = z.number().min(0).max(1);
const perClass = z.strictObject({ precision: share, recall: share, f1: share, cases: z.int() });

/** Metrics of a classifier on one set of cases; precision, recall and F1 are macro averages. */
const ClassificationMetrics = z
  .looseObject({
    cases: z.int(),
    accuracy: share,
    balancedAccuracy: share,
    precision: share,
    recall: share,
    f1: share,
    logLoss: z.number().nullable(),
    rocAuc: share.nullable(),
    perClass: z.record(z.string(), perClass),
    confusionMatrix: z.strictObject({
      classes: z.array(z.string()),
      counts: z.array(z.array(z.int())).meta({ description: 'rows truth, columns prediction' }),
    }),
  })
  .meta({ id: 'ClassificationMetrics' });

export const VersionMetrics = z
  .strictObject({
    training: ClassificationMetrics.nullable(),
    holdout: ClassificationMetrics.nullable(),
    crossValidation: z
      .looseObject({ metric: z.string(), mean: z.number(), standardError: z.number().nullable(), folds: z.int() })
      .nullable(),
  })
  .meta({ id: 'VersionMetrics' });
export type VersionMetrics = z.infer<typeof VersionMetrics>;
