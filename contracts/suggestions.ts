import * as z from 'zod';
import { DatasetId, ModelName } from './identifiers.ts';
import { Recipe } from './model.ts';

/** What can be wrong with the cases of a dataset. */
export const FindingKind = {
  /** A field tells the label so well that it was most likely written down after it, or because of it. */
  Leak: 'leak',
  /** A field is filled in almost only where the label has one value: it is known only afterwards. */
  KnownAfterwards: 'known-afterwards',
  /** A field numbers or names cases one by one. */
  Identifier: 'identifier',
  Duplicates: 'duplicates',
  ConflictingLabels: 'conflicting-labels',
  /** The same input is trained on and held out. */
  AcrossTheSplit: 'across-the-split',
  OneClass: 'one-class',
  MissingClass: 'missing-class',
  Imbalance: 'imbalance',
  TooFewCases: 'too-few-cases',
  Constant: 'constant',
  Missing: 'missing',
  ManyCategories: 'many-categories',
  Skewed: 'skewed',
  Outliers: 'outliers',
  /** Subjects have several cases. */
  Groups: 'groups',
  /** The label changes with time. */
  Drift: 'drift',
  /** Cases were sent, or came about, sorted by their label. */
  Sorted: 'sorted',
} as const;
export type FindingKind = (typeof FindingKind)[keyof typeof FindingKind];

export const Severity = {
  /** Do not train before this is understood. */
  Error: 'error',
  Warning: 'warning',
  Note: 'note',
} as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

const Finding = z
  .strictObject({
    kind: z.enum(FindingKind),
    severity: z.enum(Severity),
    field: z.string().optional(),
    detail: z.string().meta({ description: 'what was found, and what to do' }),
    numbers: z.record(z.string(), z.number()),
  })
  .meta({ id: 'DataFinding' });
export type Finding = z.infer<typeof Finding>;

/** What is known of one field's values in the training cases. */
const FieldProfile = z
  .strictObject({
    field: z.string(),
    type: z.string(),
    missing: z.number().min(0).max(1).meta({ description: 'share of cases without a value' }),
    distinct: z.int().min(0),
    strength: z.number().min(0).max(1).meta({
      description:
        'how well this field alone tells the label in cases that were not looked at, a text by a few words, a timestamp also by its hour, weekday, day or month: 2·AUC − 1, or R²',
    }),
    mean: z.number().optional(),
    deviation: z.number().optional().meta({ description: 'standard deviation' }),
    skewness: z.number().optional(),
  })
  .meta({ id: 'FieldProfile' });
export type FieldProfile = z.infer<typeof FieldProfile>;

const Suggestion = z
  .strictObject({
    about: z.enum([
      'algorithms',
      'metric',
      'budget',
      'validation',
      'balance',
      'calibration',
      'threshold',
      'slices',
      'fields',
    ]),
    value: z.union([z.string(), z.number(), z.array(z.string())]),
    reason: z.string(),
  })
  .meta({ id: 'Suggestion' });
export type Suggestion = z.infer<typeof Suggestion>;

export const NewSuggestions = z
  .strictObject({ dataset: DatasetId.optional().meta({ description: 'default: the newest' }) })
  .meta({ id: 'NewSuggestions' });

export const Suggestions = z
  .strictObject({
    model: ModelName,
    dataset: DatasetId,
    cases: z.int().meta({ description: 'training cases that were looked at: of many, about 10,000 by chance' }),
    of: z.int().meta({ description: 'training cases that there are' }),
    fields: z.array(FieldProfile),
    findings: z.array(Finding).meta({ description: 'the gravest first' }),
    suggestions: z.array(Suggestion),
    recipe: Recipe.meta({ description: 'what is suggested, ready to be declared' }),
  })
  .meta({ id: 'Suggestions' });
export type Suggestions = z.infer<typeof Suggestions>;
