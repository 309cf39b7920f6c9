import * as z from 'zod';
import { ModelName, Timestamp, VersionName } from './identifiers.ts';

const share = z.number().min(0).max(1);

const Outcomes = z.strictObject({
  count: z.int(),
  meanReward: share.nullable(),
});

/** How a version did on the cases that experts validated while it served or challenged. */
export const VersionPerformance = z
  .strictObject({
    version: VersionName,
    cases: z.int(),
    correct: z.int(),
    failures: z.int().meta({ description: 'cases on which it threw or gave a malformed answer; they count as wrong' }),
    accuracy: share.nullable(),
    outcomes: Outcomes,
    confusion: z.record(z.string(), z.record(z.string(), z.int())).meta({ description: 'truth, then prediction' }),
    history: z.array(
      z.strictObject({
        segment: z.int(),
        at: Timestamp,
        cases: z.int(),
        correct: z.int(),
      }),
    ),
  })
  .meta({ id: 'VersionPerformance' });
export type VersionPerformance = z.infer<typeof VersionPerformance>;

export const Performance = z
  .strictObject({
    model: ModelName,
    champion: VersionName.optional(),
    challenger: VersionName.optional(),
    versions: z.array(VersionPerformance),
  })
  .meta({ id: 'Performance' });

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
  TrainingStarted: 'training-started',
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
