import * as z from 'zod';
import { daySeconds } from './durations.ts';
import type { Fault } from './fault.ts';
import { FieldKind } from './field-kind.ts';
import { ModelName, Timestamp } from './identifiers.ts';
import { instanceTypes } from './instances.ts';
import { Measure } from './measure.ts';
import { parameterFaults, parametersText, recipeNames } from './recipe-parameters.ts';
import { RolloutPolicy } from './rollout-policy.ts';
import { hasSubject } from './subject.ts';
import { Metric, metricOf, suitsTask, Task } from './task.ts';
import { EvidenceKind } from './verdicts.ts';

export { FieldKind, Metric, metricOf, Task };

const required = z.boolean().default(true).meta({
  description: 'whether a case and a prediction need this field; a value that is not required may be null or absent',
});
const feature = z.boolean().default(false).meta({ description: 'whether the model is given the generalised value' });
const category = z.string().min(1).max(100);

const NumberFeature = z
  .strictObject({
    kind: z.literal(FieldKind.Feature),
    type: z.literal('number'),
    minimum: Measure.optional(),
    maximum: Measure.optional(),
    required,
  })
  .refine((field) => (field.minimum ?? Number.NEGATIVE_INFINITY) <= (field.maximum ?? Number.POSITIVE_INFINITY), {
    message: 'expected minimum to be at most maximum',
  });
const CategoryFeature = z.strictObject({
  kind: z.literal(FieldKind.Feature),
  type: z.literal('category'),
  categories: z
    .array(category)
    .min(1)
    .max(1000)
    .refine((names) => new Set(names).size === names.length, 'expected each category once'),
  required,
});
const BooleanFeature = z.strictObject({ kind: z.literal(FieldKind.Feature), type: z.literal('boolean'), required });

/** Nothing scrubs these: they are taken in only where who registers the model vouches for them. */
const deidentified = z.literal(true, {
  error: 'expected deidentified: true, by which you vouch that no value of this field tells of a person',
});
/** Given to the model in lower case. */
const TextFeature = z.strictObject({
  kind: z.literal(FieldKind.Feature),
  type: z.literal('text'),
  deidentified,
  required,
});
/** When something happened that is no person's, such as a machine's measurement; a person's dates are of the kind date. */
const TimestampFeature = z.strictObject({
  kind: z.literal(FieldKind.Feature),
  type: z.literal('timestamp'),
  deidentified,
  required,
});

/** Dropped at the door. */
const IdentifierField = z.strictObject({ kind: z.literal(FieldKind.Identifier) });
/** Replaced by a random pseudonym at the door. */
const SubjectField = z.strictObject({ kind: z.literal(FieldKind.Subject) });
/** Reduced to its year. */
const DateField = z.strictObject({ kind: z.literal(FieldKind.Date), feature });
/** Years; above 89 becomes 90. */
const AgeField = z.strictObject({ kind: z.literal(FieldKind.Age), feature });
/** Reduced to three digits where more than 20,000 people live, else 000. */
const ZipField = z.strictObject({ kind: z.literal(FieldKind.Zip), feature });

const Feature = z.discriminatedUnion(
  'type',
  [NumberFeature, CategoryFeature, BooleanFeature, TextFeature, TimestampFeature],
  { error: 'expected a type: number, category, boolean, text or timestamp' },
);
export const Field = z.discriminatedUnion(
  'kind',
  [Feature, IdentifierField, SubjectField, DateField, AgeField, ZipField],
  { error: 'expected a kind: feature, identifier, subject, date, age or zip' },
);
export type Field = z.infer<typeof Field>;

const FieldName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected 1 to 64 letters, digits, _ and -, beginning with a letter');

/** Whether the model is given this field, as it is or generalised. */
export const isModelInput = (field: Field): boolean =>
  field.kind === FieldKind.Feature || ('feature' in field && field.feature);

/** A model is one item of the table, which holds 400 KB. */
const maximumSchemaBytes = 250_000;
/** So is a route, which has the names of up to seven versions' fields. */
const maximumNameCharacters = 40_000;

const ClassLabel = z.strictObject({
  type: z.literal('category'),
  classes: z
    .array(category)
    .min(2)
    .max(100)
    .refine((names) => new Set(names).size === names.length, 'expected each class once'),
});
const NumberLabel = z
  .strictObject({
    type: z.literal('number'),
    minimum: Measure.optional(),
    maximum: Measure.optional(),
    tolerance: z.number().gt(0).meta({
      description:
        "largest error, in the label's unit, with which an answer still counts as right: verdicts pair by it",
    }),
  })
  .refine((label) => (label.minimum ?? Number.NEGATIVE_INFINITY) < (label.maximum ?? Number.POSITIVE_INFINITY), {
    message: 'expected minimum to be below maximum',
  });
/** What is predicted: a class, or a number. */
export const Label = z.discriminatedUnion('type', [ClassLabel, NumberLabel], {
  error: 'expected a type: category or number',
});
export type Label = z.infer<typeof Label>;

export const ModelSchema = z
  .strictObject({
    fields: z.record(FieldName, Field),
    label: Label,
  })
  .refine(({ fields }) => Object.values(fields).some(isModelInput), {
    message: 'expected at least one feature',
    path: ['fields'],
  })
  .refine(({ fields }) => Object.keys(fields).length <= 1000, {
    message: 'expected at most 1000 fields',
    path: ['fields'],
  })
  .refine(({ fields }) => Object.keys(fields).join('').length <= maximumNameCharacters, {
    message: `expected the names of all fields to have at most ${maximumNameCharacters} characters together`,
    path: ['fields'],
  })
  .refine(({ fields }) => Object.values(fields).filter((field) => field.kind === FieldKind.Subject).length <= 1, {
    message: 'expected at most one subject',
    path: ['fields'],
  })
  .refine((schema) => new TextEncoder().encode(JSON.stringify(schema)).length <= maximumSchemaBytes, {
    message: `expected at most ${maximumSchemaBytes} bytes of JSON; declare fewer or shorter categories`,
  });
export type ModelSchema = z.infer<typeof ModelSchema>;

const scalars = [z.string().max(200), Measure, z.boolean(), z.null()] as const;
const Parameter = z.union([...scalars, z.array(z.union(scalars))], {
  error: 'expected a text, a number, true, false, null, or a list of them',
});

/** All parameters travel as one hyperparameter, for which SageMaker allows 2,500 characters. */
export const Recipe = z.strictObject({
  name: z.enum(recipeNames).default('tabular').meta({
    description:
      'network is a small neural network with early stopping; drill makes a deliberately bad version, to rehearse a rollback',
  }),
  metric: z.enum(Metric).optional().meta({ description: 'default: accuracy for classes, rmse for numbers' }),
  parameters: z
    .record(z.string().max(64), Parameter)
    .refine((parameters) => JSON.stringify(parameters).length <= 2500, 'expected at most 2,500 characters of JSON')
    .default({})
    .meta({ description: `parameters of the recipe: ${parametersText}` }),
});
export type Recipe = z.infer<typeof Recipe>;

const tellsMoment = (field: Field): boolean =>
  field.kind === FieldKind.Feature
    ? field.type === 'number' || field.type === 'timestamp'
    : (field.kind === FieldKind.Date || field.kind === FieldKind.Age) && field.feature;

/** What of a recipe does not suit the model that is to be trained by it. @returns places below the recipe */
export const recipeFaults = (
  { task, schema: { fields } }: { readonly task: Task; readonly schema: ModelSchema },
  recipe: Recipe,
): readonly Fault[] => {
  const moments = Object.keys(fields).filter((name) => tellsMoment(fields[name] as Field));
  const parameters = parameterFaults(recipe, moments).map(({ path, message }) => ({
    path: ['parameters', ...path],
    message,
  }));
  if (recipe.metric === undefined || suitsTask(recipe.metric, task)) return parameters;
  const message =
    'expected a metric of the task: rmse, mse, mae or r2 for tabular-regression, another for tabular-classification';
  return [{ path: ['metric'], message }, ...parameters];
};

/** When a model is trained again. */
export const TrainingPolicy = z.strictObject({
  newCases: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(1000)
    .meta({ description: 'accepted cases since the last training that start the next' }),
  days: z
    .number()
    .min(0.01)
    .max(366)
    .default(7)
    .meta({ description: 'days since the last training that start the next, when there is at least one new case' }),
  weekly: z
    .boolean()
    .default(true)
    .meta({ description: 'whether the training of Sunday 02:00 UTC includes this model' }),
  minimumCases: z
    .int()
    .min(10)
    .max(10_000_000)
    .default(50)
    .meta({ description: 'accepted cases below which nothing is trained' }),
  maximumSeconds: z
    .int()
    .min(30)
    .max(432_000)
    .default(3600)
    .meta({ description: 'after which a training job is stopped' }),
  instanceTypes: z
    .array(z.enum(instanceTypes))
    .min(1)
    .max(5)
    .refine((types) => new Set(types).size === types.length, 'expected each instance type once')
    .optional()
    .meta({ description: 'that may be trained on, the preferred first. Default: by the recipe' }),
  spot: z.boolean().default(false).meta({
    description: 'whether spare capacity is used, which costs less, may be taken away, and goes on from a checkpoint',
  }),
  coolDownSeconds: z
    .number()
    .min(0)
    .max(31_536_000)
    .default(0)
    .meta({ description: 'after a training, before which nothing but a request by hand starts the next' }),
  debounceSeconds: z.int().min(0).max(900).default(0).meta({
    description: 'that the count trigger waits for cases which come together, so that one training has them all',
  }),
  monthlyBudget: z.number().gt(0).max(1_000_000).optional().meta({
    description: 'US dollars a calendar month, UTC, that trainings of this model may cost by estimate. Default: no cap',
  }),
  maximumRetries: z
    .int()
    .min(0)
    .max(5)
    .default(2)
    .meta({ description: 'how often a run is tried again whose exit code says that another try may help' }),
});
export type TrainingPolicy = z.infer<typeof TrainingPolicy>;

export const GatePolicy = z.strictObject({
  significance: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .meta({ description: 'of the paired test that finds a version worse than the champion on the sealed holdout' }),
  latencyMilliseconds: z.number().gt(0).max(10_000).default(50).meta({ description: 'p99 of one prediction' }),
});
export type GatePolicy = z.infer<typeof GatePolicy>;

/** What the rewards of predictions mean, and when they count. */
export const OutcomePolicy = z
  .strictObject({
    score: category
      .optional()
      .meta({ description: "the class whose probability is the answer's score. Default: the first of the label" }),
    positive: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .meta({ description: 'reward from which on an outcome is counted as positive' }),
    windowSeconds: z
      .number()
      .min(1)
      .max(7_776_000)
      .default(daySeconds)
      .meta({ description: 'age of a prediction at which its reward, as known then, enters the evidence' }),
    unitSeconds: z.number().min(0).max(7_776_000).default(daySeconds).meta({
      description:
        "time within which a subject's predictions make one unit, whose reward is their mean; 0: each prediction is a unit",
    }),
    maximumAgeSeconds: z
      .number()
      .min(1)
      .max(31_536_000)
      .default(7_776_000)
      .meta({ description: 'age of a prediction from which on an outcome is refused' }),
  })
  .refine(({ windowSeconds, maximumAgeSeconds }) => windowSeconds <= maximumAgeSeconds, {
    message: 'expected windowSeconds to be at most maximumAgeSeconds',
    path: ['windowSeconds'],
  });
export type OutcomePolicy = z.infer<typeof OutcomePolicy>;

export const Policies = z.strictObject({
  minimumConfidence: z.number().min(0).max(1).default(0.8).meta({ description: 'below which a case is quarantined' }),
  holdoutShare: z
    .number()
    .min(0.05)
    .max(0.5)
    .default(0.2)
    .meta({ description: 'share of subjects that are never trained on' }),
  training: TrainingPolicy.prefault({}),
  gate: GatePolicy.prefault({}),
  rollout: RolloutPolicy.prefault({}),
  outcomes: OutcomePolicy.prefault({}),
});
export type Policies = z.infer<typeof Policies>;

/** Seconds from a prediction until its reward is evidence. */
const secondsToEvidence = (schema: ModelSchema, { windowSeconds, unitSeconds }: OutcomePolicy): number =>
  windowSeconds + (hasSubject(schema) ? unitSeconds : 0);

const isSlice = (field: Field | undefined): boolean =>
  field !== undefined &&
  (field.kind === FieldKind.Age ||
    field.kind === FieldKind.Zip ||
    (field.kind === FieldKind.Feature && (field.type === 'category' || field.type === 'boolean')));

/** What a tenant writes to register a model. */
export const ModelDeclaration = z
  .strictObject({
    task: z.enum(Task),
    description: z.string().max(500).default(''),
    schema: ModelSchema,
    slices: z
      .array(FieldName)
      .max(10)
      .default([])
      .meta({ description: 'fields by whose values metrics are told apart: categories, booleans, ages or zips' }),
    recipe: Recipe.prefault({}),
    policies: Policies.prefault({}),
  })
  .refine(({ task, schema }) => (task === Task.TabularRegression) === (schema.label.type === 'number'), {
    message: 'expected a label of type category for tabular-classification, and of type number for tabular-regression',
    path: ['schema', 'label', 'type'],
  })
  .superRefine((declaration, { addIssue }) => {
    for (const { path, message } of recipeFaults(declaration, declaration.recipe)) {
      addIssue({ code: 'custom', path: ['recipe', ...path], message });
    }
  })
  .refine(({ schema, slices }) => slices.every((name) => isSlice(schema.fields[name])), {
    message: 'expected each slice to be a field that is a category, a boolean, an age or a zip',
    path: ['slices'],
  })
  .refine(
    ({ schema, policies }) =>
      policies.outcomes.score === undefined ||
      (schema.label.type === 'category' && schema.label.classes.includes(policies.outcomes.score)),
    { message: "expected a class of the schema's label", path: ['policies', 'outcomes', 'score'] },
  )
  .refine(
    ({ schema, policies: { rollout, outcomes } }) =>
      rollout.evidence === EvidenceKind.Paired || secondsToEvidence(schema, outcomes) < rollout.maximumSeconds,
    {
      message:
        'expected maximumSeconds to be above the windowSeconds of outcomes and, with a subject, their unitSeconds: before that no reward is evidence',
      path: ['policies', 'rollout', 'maximumSeconds'],
    },
  )
  .meta({ id: 'ModelDeclaration' });
export type ModelDeclaration = z.infer<typeof ModelDeclaration>;

export const Model = ModelDeclaration.extend({
  name: ModelName,
  createdAt: Timestamp,
  updatedAt: Timestamp,
}).meta({ id: 'Model' });
export type Model = z.infer<typeof Model>;

/** A model after a change, and what its operator should know about it. */
export const ChangedModel = Model.extend({
  notices: z
    .array(z.string())
    .optional()
    .meta({ description: 'such as that a running rollout keeps the policy that it began with' }),
}).meta({ id: 'ChangedModel' });
