import * as z from 'zod';
import { ModelName, RolloutId, Timestamp, VersionName } from './identifiers.ts';

const share = z.number().min(0).max(1);

/** The predictions of one day that have their outcome. */
const OutcomeDay = z.strictObject({
  day: z.iso.date().meta({ description: 'of the prediction, UTC' }),
  samples: z.int(),
  positiveRate: share.nullable().meta({ description: 'share of rewards that the policy calls positive' }),
  meanScore: share.nullable().meta({ description: "mean of the answers' scores" }),
  meanReward: share.nullable(),
});
export type OutcomeDay = z.infer<typeof OutcomeDay>;

/** Of the predictions of the last 90 days. */
const Outcomes = z.strictObject({
  count: z.int().meta({ description: 'of predictions of the last 90 days, as all of these' }),
  meanReward: share.nullable(),
  positiveRate: share.nullable(),
  meanScore: share.nullable(),
  days: z.array(OutcomeDay).meta({ description: 'of the last 90 those with an outcome, the oldest first' }),
});

/** How a version did on the cases that experts validated while it served or challenged. */
export const VersionPerformance = z
  .strictObject({
    version: VersionName,
    cases: z.int(),
    correct: z.int().meta({ description: 'the class was right, or the number within the tolerance of the label' }),
    failures: z.int().meta({ description: 'cases on which it threw or gave a malformed answer; they count as wrong' }),
    accuracy: share.nullable().meta({ description: 'share of its cases that are correct' }),
    meanAbsoluteError: z.number().min(0).nullable().optional().meta({
      description: "of numbers that it gave, in the label's unit; absent where classes are predicted",
    }),
    outcomes: Outcomes,
    confusion: z
      .record(z.string(), z.record(z.string(), z.int()))
      .meta({ description: 'truth, then prediction; empty where numbers are predicted' }),
    history: z
      .array(
        z.strictObject({
          segment: z.int(),
          at: Timestamp,
          cases: z.int(),
          correct: z.int(),
        }),
      )
      .meta({ description: 'the last 500 ledger segments with a case, the oldest first' }),
  })
  .meta({ id: 'VersionPerformance' });
export type VersionPerformance = z.infer<typeof VersionPerformance>;

export const Performance = z
  .strictObject({
    model: ModelName,
    champion: VersionName.optional(),
    challenger: VersionName.optional(),
    versions: z
      .array(VersionPerformance)
      .meta({ description: 'that have cases or outcomes, the newest first: the last 20, and those that serve' }),
  })
  .meta({ id: 'Performance' });

/** One day's predictions, and how many of them have their label. */
const MaturityDay = z.strictObject({
  day: z.iso.date(),
  predictions: z.int(),
  labelled: z.int(),
  share: share.nullable(),
  expectedShare: share.nullable().meta({ description: 'once all labels that will come have come' }),
});

/** How long labels take, and when there will be enough of them. */
export const LabelMaturity = z
  .strictObject({
    model: ModelName,
    days: z.array(MaturityDay).meta({ description: 'the last 30 with a prediction, the oldest first' }),
    delays: z.array(z.strictObject({ seconds: z.number(), share })).meta({
      description: 'learnt: share of all labels that has come by that age; corrected for those still to come',
    }),
    medianSeconds: z.number().nullable(),
    windowSeconds: z.number().meta({ description: "the policy's" }),
    windowCovers: share.nullable().meta({ description: 'share of labels that come within the window' }),
    verdict: z
      .strictObject({
        rollout: RolloutId,
        samples: z.int().meta({ description: 'pairs or units so far' }),
        samplesPerDay: z.number(),
        expectedAt: Timestamp.nullable().meta({ description: 'null: not within the horizon' }),
      })
      .optional()
      .meta({ description: 'of the rollout that runs' }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'LabelMaturity' });
export type LabelMaturity = z.infer<typeof LabelMaturity>;

export const Health = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    checks: z.record(z.string(), z.enum(['ok', 'failed'])),
    version: z.string(),
  })
  .meta({ id: 'Health' });

/** Decisions and changes that the audit keeps. */
export const AuditAction = {
  ModelRegistered: 'model-registered',
  ModelChanged: 'model-changed',
  ScheduleChanged: 'schedule-changed',
  DatasetCut: 'dataset-cut',
  CaseErased: 'case-erased',
  TrainingRequested: 'training-requested',
  TrainingStarted: 'training-started',
  TrainingPaused: 'training-paused',
  TrainingResumed: 'training-resumed',
  TrainingRetried: 'training-retried',
  TrainingEnded: 'training-ended',
  TrainingCancelled: 'training-cancelled',
  VersionRegistered: 'version-registered',
  VersionRejected: 'version-rejected',
  GateOverridden: 'gate-overridden',
  RolloutStarted: 'rollout-started',
  RolloutDeferred: 'rollout-deferred',
  StageEntered: 'stage-entered',
  RolloutEnded: 'rollout-ended',
  RolledBack: 'rolled-back',
  ApprovalRequested: 'approval-requested',
  RolloutApproved: 'rollout-approved',
  RolloutDeclined: 'rollout-declined',
  WeightsChanged: 'weights-changed',
  RollbackDrilled: 'rollback-drilled',
  DrillSkipped: 'drill-skipped',
  CommandRefused: 'command-refused',
} as const;
export type AuditAction = (typeof AuditAction)[keyof typeof AuditAction];

/** An entry of the tenant's chain: `hash` is the SHA-256 of the canonical JSON of the rest, `previous` included. */
export const AuditEntry = z
  .strictObject({
    number: z.int().min(1),
    at: Timestamp,
    action: z.enum(AuditAction),
    actor: z.string().meta({ description: 'a role and a pseudonym, or the part of the platform that decided' }),
    model: z.string().optional(),
    subjectOfAction: z
      .string()
      .optional()
      .meta({ description: 'what it was done to: a version, a rollout, a job, a dataset' }),
    reason: z.string(),
    numbers: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).optional(),
    previous: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;
