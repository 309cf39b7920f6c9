import * as z from 'zod';
import { ModelName, RolloutId, Timestamp, VersionName } from './identifiers.ts';
import { RolloutPolicy, Stages } from './model.ts';
import { RolloutStatus } from './statuses.ts';
import { Verdict, VerdictReason } from './verdicts.ts';

export const RolloutKind = { First: 'first', Challenger: 'challenger', Manual: 'manual' } as const;
export type RolloutKind = (typeof RolloutKind)[keyof typeof RolloutKind];

/** Why a rollout ended. */
export const RolloutEnd = {
  FirstVersion: 'first-version',
  Verdict: 'verdict',
  Alarm: 'alarm',
  ByHand: 'by-hand',
  Expired: 'expired',
  /** The platform could not go on judging it, and nothing was shown about the version. */
  Error: 'error',
} as const;
export type RolloutEnd = (typeof RolloutEnd)[keyof typeof RolloutEnd];

export const NewRollout = z
  .strictObject({
    version: VersionName,
    reason: z.string().min(1).max(500).meta({ description: 'kept in the audit' }),
    overrideGate: z
      .boolean()
      .default(false)
      .meta({ description: 'deploy a version that the gate rejected for its quality' }),
    stages: Stages.optional().meta({ description: "in place of the policy's, for this rollout alone" }),
  })
  .meta({ id: 'NewRollout' });
export type NewRollout = z.infer<typeof NewRollout>;

export const NewRollback = z
  .strictObject({
    reason: z.string().min(1).max(500).meta({ description: 'kept in the audit' }),
    from: VersionName.optional().meta({
      description:
        'the version to go back from; where it serves no longer, nothing changes. Default: what was deployed last',
    }),
  })
  .meta({ id: 'NewRollback' });
export type NewRollback = z.infer<typeof NewRollback>;

/** The stage of a rollout before its first: its alarms are being made, and it has no traffic. */
export const preparing = 'preparing';

/** The numbers behind a verdict, as the paired process gives them. */
export const JudgedVerdict = z
  .strictObject({
    at: Timestamp,
    stage: z.string(),
    verdict: z.enum(Verdict),
    reason: z.enum(VerdictReason),
    message: z.string(),
    numbers: z.record(z.string(), z.union([z.number(), z.null(), z.array(z.number())])),
  })
  .meta({ id: 'Verdict' });
export type JudgedVerdict = z.infer<typeof JudgedVerdict>;

const StageRecord = z.strictObject({
  name: z.string(),
  weight: z.number().meta({ description: "the challenger's share of requests, %" }),
  startedAt: Timestamp,
  endedAt: Timestamp.optional(),
  seconds: z.number().optional(),
  pairs: z.int().meta({ description: 'cases scored by both versions within the stage' }),
  verdict: z.string(),
});

/** A block of pairs, as it was counted; replaying the blocks gives the evidence bit for bit. */
export const Block = z.strictObject({
  segment: z.int(),
  both: z.int(),
  championOnly: z.int(),
  challengerOnly: z.int(),
  neither: z.int(),
  at: Timestamp,
});
export type Block = z.infer<typeof Block>;

export const Rollout = z
  .strictObject({
    id: RolloutId,
    model: ModelName,
    kind: z.enum(RolloutKind),
    status: z.enum(RolloutStatus),
    version: VersionName,
    base: VersionName.optional().meta({ description: 'the champion that a rollback restores' }),
    reason: z.string(),
    policy: RolloutPolicy,
    startedAt: Timestamp,
    endedAt: Timestamp.optional(),
    seconds: z.number().optional(),
    end: z.enum(RolloutEnd).optional(),
    endReason: z.string().optional(),
    stage: z.string(),
    stages: z.array(StageRecord),
    verdict: JudgedVerdict.optional().meta({ description: 'the last' }),
    pairs: z.int(),
    failures: z.int().meta({ description: 'cases on which the challenger threw or gave a malformed answer' }),
    blocks: z.array(Block).optional().meta({ description: 'one rollout only; the last 1,000' }),
  })
  .meta({ id: 'Rollout' });
export type Rollout = z.infer<typeof Rollout>;

/** What serves now. */
export const Current = z
  .strictObject({
    model: ModelName,
    champion: VersionName,
    challenger: VersionName.optional(),
    stage: z.string().optional(),
    weight: z.number().meta({ description: "the challenger's share of requests, %" }),
    rollout: RolloutId.optional(),
    previous: z.array(VersionName).meta({ description: 'the champions before, the last first' }),
    revision: z.int(),
    updatedAt: Timestamp,
  })
  .meta({ id: 'Current' });
export type Current = z.infer<typeof Current>;

export const RollbackResult = z
  .strictObject({ from: VersionName, to: VersionName, rollout: RolloutId.optional(), current: Current })
  .meta({ id: 'Rollback' });
