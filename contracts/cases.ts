import * as z from 'zod';
import { CaseId, CollectionId, ModelName, Timestamp } from './identifiers.ts';
import { CaseStatus } from './statuses.ts';

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
} as const;
export type QuarantineReason = (typeof QuarantineReason)[keyof typeof QuarantineReason];

/** Why a case is not taken in at all: it cannot be read without risk to the person it is about. */
export const RefusalReason = {
  Malformed: 'malformed',
  UnknownField: 'unknown-field',
  ForgedPrediction: 'forged-prediction',
} as const;
export type RefusalReason = (typeof RefusalReason)[keyof typeof RefusalReason];

/** Any number: the door keeps none that is no measure, and finds a feature of that size out of range. */
const FieldValue = z.union([z.number(), z.string().max(1000), z.boolean(), z.null()]);
export type FieldValue = z.infer<typeof FieldValue>;

/** A case as an app or an expert sends it, with what identifies people. Faults of value are quarantined, not refused, so the types are wide. */
export const NewCase = z
  .strictObject({
    input: z.record(z.string().max(64), FieldValue).meta({ description: "a value for each of the model's fields" }),
    label: z.union([z.string().max(100), z.number(), z.boolean(), z.null()]).optional(),
    validator: z.string().max(200).nullish().meta({ description: 'who validated the label; replaced by a pseudonym' }),
    confidence: z.number().min(0).max(1).optional().meta({ description: "the validator's, 0 to 1" }),
    validatedAt: Timestamp.optional(),
    predictionId: z.string().max(1000).optional().meta({ description: 'the prediction that this case answers' }),
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
    label: z.string().nullable(),
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
  split: z.enum(['train', 'holdout']),
  input: z.record(z.string(), FieldValue),
  label: z.string(),
  confidence: z.number(),
  validator: z.string(),
  prediction: AnsweredPrediction.optional(),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

export const CaseStatistics = z
  .strictObject({
    received: z.int().meta({ description: 'accepted, quarantined and pending' }),
    accepted: z.int(),
    quarantined: z.int(),
    pending: z.int().meta({ description: 'received and not yet decided' }),
    reasons: z.partialRecord(z.enum(QuarantineReason), z.int()),
    labels: z.record(z.string(), z.int()).meta({ description: 'accepted cases by label' }),
    holdout: z.int().meta({ description: 'accepted cases that are never trained on' }),
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
