import * as z from 'zod';
import { CaseId, CollectionId, DatasetId, ModelName, Timestamp, VersionName } from './identifiers.ts';
import { CaseStatus, VersionStatus } from './statuses.ts';

/** Why a case is not trusted. A quarantined case is kept, de-identified, and never trained on. */
export const QuarantineReason = {
  MissingFeature: 'missing-feature',
  WrongType: 'wrong-type',
  OutOfRange: 'out-of-range',
  UnknownCategory: 'unknown-category',
  UnknownLabel: 'unknown-label',
  MissingLabel: 'missing-label',
  LowConfidence: 'low-confidence',
  NoValidator: 'no-validator',
  Duplicate: 'duplicate',
  ConflictingLabel: 'conflicting-label',
  /** The same observation was erased; this one is kept without its content. */
  Erased: 'erased',
} as const;
export type QuarantineReason = (typeof QuarantineReason)[keyof typeof QuarantineReason];

/** Why a case is not taken in at all: it cannot be read without risk to the person it is about. */
export const RefusalReason = {
  Malformed: 'malformed',
  UnknownField: 'unknown-field',
  ForgedPrediction: 'forged-prediction',
  GoldNotAllowed: 'gold-not-allowed',
  TooLarge: 'too-large',
} as const;
export type RefusalReason = (typeof RefusalReason)[keyof typeof RefusalReason];

/** Any number: the door keeps none that is no measure, and finds a feature of that size out of range. */
const FieldValue = z.union([z.number(), z.string().max(4000), z.boolean(), z.null()]);
export type FieldValue = z.infer<typeof FieldValue>;

/** What was right: a class, or a number. */
export const LabelValue = z.union([z.string().max(100), z.number()]);
export type LabelValue = z.infer<typeof LabelValue>;

/** A case as an app or an expert sends it, with what identifies people. Faults of value are quarantined, not refused, so the types are wide. */
export const NewCase = z
  .strictObject({
    input: z.record(z.string().max(64), FieldValue).meta({ description: "a value for each of the model's fields" }),
    label: z.union([z.string().max(100), z.number(), z.boolean(), z.null()]).optional(),
    validator: z.string().max(200).nullish().meta({ description: 'who validated the label; replaced by a pseudonym' }),
    confidence: z.number().min(0).max(1).optional().meta({ description: "the validator's, 0 to 1" }),
    validatedAt: Timestamp.optional(),
    predictionId: z.string().max(1000).optional().meta({ description: 'the prediction that this case answers' }),
    gold: z.boolean().optional().meta({
      description:
        'true: a case to test every version by; no version is trained on it, nor on other cases of its subject. Not for apps',
    }),
  })
  .meta({ id: 'NewCase' });
export type NewCase = z.infer<typeof NewCase>;

const maximumBatch = 500;

const CaseBatch = z.strictObject({ cases: z.array(z.unknown()).min(1).max(maximumBatch) });

/**
 * One case, or a batch. Cases are read one by one by the model's schema, so that a malformed one costs no other and its
 * faults are named without repeating what was sent: here any other object passes, which the API document does not show.
 */
export const NewCases = z
  .union([CaseBatch, NewCase, z.looseObject({ cases: z.never().optional() })])
  .meta({ override: ({ jsonSchema }) => void jsonSchema.anyOf?.pop() });

export const Receipt = z
  .strictObject({
    received: z.int().min(0),
    refused: z.int().min(0),
    cases: z.array(z.strictObject({ index: z.int().min(0), id: CaseId, status: z.literal(CaseStatus.Received) })),
    refusals: z.array(
      z.strictObject({
        index: z.int().min(0).meta({ description: 'place in the batch, from 0' }),
        reason: z.enum(RefusalReason),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;

/** A case as the platform keeps it: nothing in it identifies a person. */
export const Case = z
  .strictObject({
    id: CaseId,
    status: z.enum(CaseStatus),
    reasons: z.array(z.enum(QuarantineReason)),
    receivedAt: Timestamp,
    decidedAt: Timestamp.optional(),
    subject: z.string().nullable(),
    input: z.record(z.string(), FieldValue),
    label: LabelValue.nullable(),
    gold: z.boolean().optional(),
    validator: z.string().nullable(),
    confidence: z.number().nullable(),
    validatedAt: Timestamp.optional(),
    segment: z.int().optional().meta({ description: 'of the ledger, once accepted' }),
  })
  .meta({ id: 'Case' });
export type Case = z.infer<typeof Case>;

/** The prediction that a case answers: what is kept of its predictionId, which may hold a keyed hash of a person. */
const AnsweredPrediction = z.strictObject({
  nonce: z.string(),
  at: Timestamp.meta({ description: 'when it was made' }),
});
export type AnsweredPrediction = z.infer<typeof AnsweredPrediction>;

/** One line of a ledger segment: an accepted case. Read by the training program too. */
export const LedgerRow = z.strictObject({
  id: CaseId,
  receivedAt: Timestamp,
  subject: z.string().nullable(),
  split: z.enum(['train', 'holdout', 'gold']),
  input: z.record(z.string(), FieldValue),
  label: LabelValue,
  confidence: z.number(),
  validator: z.string(),
  prediction: AnsweredPrediction.optional(),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

/** What a dataset, and every version that is trained on it, makes of a case. */
export const CaseUse = {
  Trained: 'trained',
  /** On the other side of the split, or of a subject that has a gold case. */
  HeldOut: 'held-out',
  Gold: 'gold',
} as const;
export type CaseUse = (typeof CaseUse)[keyof typeof CaseUse];

/** Where a case went: what has to be looked at again where it turns out to be wrong, or has to be erased. */
export const CaseLineage = z
  .strictObject({
    case: CaseId,
    status: z.enum(CaseStatus),
    segment: z.int().optional().meta({ description: 'of the ledger, once accepted' }),
    split: LedgerRow.shape.split.optional(),
    datasets: z
      .array(z.strictObject({ dataset: DatasetId, createdAt: Timestamp, use: z.enum(CaseUse) }))
      .meta({ description: 'that hold the case, the newest first' }),
    versions: z
      .array(
        z.strictObject({
          version: VersionName,
          status: z.enum(VersionStatus),
          dataset: DatasetId,
          use: z.enum(CaseUse),
        }),
      )
      .meta({ description: 'made of these datasets, the newest first' }),
  })
  .meta({ id: 'CaseLineage' });
export type CaseLineage = z.infer<typeof CaseLineage>;

export const CaseStatistics = z
  .strictObject({
    received: z.int().meta({ description: 'accepted, quarantined and pending' }),
    accepted: z.int(),
    quarantined: z.int(),
    pending: z.int().meta({ description: 'received and not yet decided' }),
    reasons: z.partialRecord(z.enum(QuarantineReason), z.int()),
    labels: z
      .record(z.string(), z.int())
      .meta({ description: 'accepted cases by label; empty where labels are numbers' }),
    holdout: z.int().meta({ description: 'accepted cases that are held out from training' }),
    gold: z.int().optional().meta({ description: 'accepted gold cases' }),
    erased: z.int().optional().meta({ description: 'that had been accepted; no part of the other counts' }),
    sinceTraining: z.int().meta({ description: 'accepted since the last dataset that was trained on' }),
    segments: z.int(),
    lastAcceptedAt: Timestamp.optional(),
  })
  .meta({ id: 'CaseStatistics' });
export type CaseStatistics = z.infer<typeof CaseStatistics>;

/** Why a model is trained now, or is not. */
export const TriggerDecision = z
  .strictObject({
    due: z.boolean(),
    reason: z.enum([
      'new-cases',
      'days',
      'weekly',
      'manual',
      'drift',
      'too-few-cases',
      'nothing-new',
      'not-yet',
      'debouncing',
      'cooling-down',
      'over-budget',
      'already-running',
    ]),
    detail: z.string(),
  })
  .meta({ id: 'TriggerDecision' });
export type TriggerDecision = z.infer<typeof TriggerDecision>;

export const Collection = z
  .strictObject({
    id: CollectionId,
    model: ModelName,
    requeued: z.int().meta({ description: 'received cases that were waiting and were sent to be examined again' }),
    newCases: z.int().meta({ description: 'accepted since the last training' }),
    trigger: TriggerDecision,
    job: z.string().optional().meta({ description: 'the training job that this collection started' }),
  })
  .meta({ id: 'Collection' });
export type Collection = z.infer<typeof Collection>;
