import * as z from 'zod';
import { ModelName, RolloutId, Timestamp, VersionName } from './identifiers.ts';
import { RolloutPolicy, Stages, Strategy } from './rollout-policy.ts';
import { maximumVersions } from './route-item.ts';
import { RolloutStatus } from './statuses.ts';
import { EvidenceKind, Verdict, VerdictReason } from './verdicts.ts';

export { bakeStage, banditStage, holdbackStage, preparing } from './stage-names.ts';

export const RolloutKind = { First: 'first', Challenger: 'challenger', Manual: 'manual', Drill: 'drill' } as const;
export type RolloutKind = (typeof RolloutKind)[keyof typeof RolloutKind];

/** Why a rollout ended. */
export const RolloutEnd = {
  FirstVersion: 'first-version',
  Verdict: 'verdict',
  Alarm: 'alarm',
  ByHand: 'by-hand',
  Expired: 'expired',
  /** Blue-green: its bake time is over, and no alarm fired. */
  Baked: 'baked',
  /** Bandit: the chance of being best was enough, or the time was over. */
  Bandit: 'bandit',
  /** A person said no. */
  Declined: 'declined',
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
    strategy: z.enum(Strategy).optional().meta({ description: "in place of the policy's, for this rollout alone" }),
    bakeSeconds: z
      .number()
      .min(0)
      .max(2_592_000)
      .optional()
      .meta({ description: "in place of the policy's, for this rollout alone" }),
    rivals: z
      .array(VersionName)
      .max(maximumVersions - 2)
      .optional()
      .meta({ description: 'further versions that a bandit compares' }),
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

/** A person's answer to a rollout that waits for approval. */
export const NewApproval = z
  .strictObject({
    approve: z.boolean().meta({ description: 'false declines: the rollout ends and the champion stays' }),
    reason: z.string().min(1).max(500).meta({ description: 'kept in the audit' }),
  })
  .meta({ id: 'NewApproval' });

/** The approval that a rollout waits, or has waited, for. */
export const Approval = z.strictObject({
  requestedAt: Timestamp,
  expiresAt: Timestamp,
  decidedAt: Timestamp.optional(),
  approved: z.boolean().optional(),
  actor: z.string().optional(),
  reason: z.string().optional(),
});
export type Approval = z.infer<typeof Approval>;

export const NewDrill = z
  .strictObject({ reason: z.string().min(1).max(500).default('A rehearsal of the rollback.') })
  .meta({ id: 'NewDrill' });

/** What a rehearsed rollback took. */
export const DrillResult = z.strictObject({
  brokenAt: Timestamp.optional().meta({ description: 'when the failures that the alarm sees were reported' }),
  alarmedAt: Timestamp.optional().meta({ description: 'when the alarm fired' }),
  restoredAt: Timestamp.optional().meta({ description: 'when the route was found without the challenger' }),
  alarmToRouteMilliseconds: z.number().optional(),
  totalMilliseconds: z.number().optional().meta({ description: 'from the first failure to the restored route' }),
});
export type DrillResult = z.infer<typeof DrillResult>;

/** The numbers behind a verdict, as the paired or the randomised process gives them. */
export const JudgedVerdict = z
  .strictObject({
    at: Timestamp,
    stage: z.string(),
    verdict: z.enum(Verdict),
    reason: z.enum(VerdictReason),
    message: z.string(),
    numbers: z.record(
      z.string(),
      z.union([z.number(), z.null(), z.array(z.number()), z.record(z.string(), z.number())]),
    ),
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
  units: z.int().optional().meta({ description: 'units of both arms that were assigned within the stage and counted' }),
  verdict: z.string(),
});

/** Units of one arm, by metric: how many fell into each bin of [0, 1], 2 bins for binary metrics, else 21. */
const ArmCounts = z.record(z.string(), z.array(z.int()));

/** A block of randomised evidence, as it was counted; replaying the blocks gives the evidence bit for bit. */
export const RandomisedBlock = z.strictObject({
  number: z.int().min(1),
  stage: z.string().meta({ description: 'at assignment' }),
  weight: z.int().meta({ description: "the challenger's share of that stage, in basis points" }),
  champion: ArmCounts,
  challenger: ArmCounts,
  at: Timestamp,
});
export type RandomisedBlock = z.infer<typeof RandomisedBlock>;

/** What a bandit gives each version, and why. */
export const BanditArm = z.strictObject({
  version: VersionName,
  weight: z.number().meta({ description: 'share of requests, %' }),
  units: z.int(),
  meanReward: z.number().nullable(),
  chanceOfBeingBest: z.number().min(0).max(1),
});
export type BanditArm = z.infer<typeof BanditArm>;

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
    evidence: z.enum(EvidenceKind).optional(),
    strategy: z.enum(Strategy).optional(),
    rivals: z.array(VersionName).optional(),
    units: z.int().optional().meta({ description: 'of both arms, counted by the randomised evidence' }),
    waitsFor: z.string().optional().meta({ description: 'what the present stage still waits for' }),
    approval: Approval.optional(),
    drill: DrillResult.optional(),
    bandit: z
      .strictObject({ statement: z.string(), arms: z.array(BanditArm) })
      .optional()
      .meta({ description: 'with what a bandit does not guarantee' }),
    blocks: z.array(Block).optional().meta({ description: 'one rollout only; the last 1,000' }),
    randomisedBlocks: z.array(RandomisedBlock).optional().meta({ description: 'one rollout only; the last 1,000' }),
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
    rivals: z
      .array(z.strictObject({ version: VersionName, weight: z.number() }))
      .optional()
      .meta({ description: 'further versions of a bandit' }),
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

const share = z.number().min(0).max(1);

/** What a rollout is expected to meet. What is left out is taken from the model's own record, where there is one. */
export const NewPlan = z
  .strictObject({
    labelsPerDay: z
      .number()
      .min(0)
      .max(1e9)
      .optional()
      .meta({ description: 'validated cases a day: what paired evidence lives on' }),
    outcomesPerDay: z
      .number()
      .min(0)
      .max(1e9)
      .optional()
      .meta({ description: 'predictions a day whose reward comes back: what randomised evidence lives on' }),
    accuracy: share.optional().meta({ description: "the champion's accuracy" }),
    meanReward: share.optional().meta({ description: "the champion's mean reward" }),
    disagreement: share
      .optional()
      .meta({ description: 'share of cases in which exactly one of the two versions is right' }),
    margin: z.number().gt(0).max(0.5).optional().meta({ description: "in place of the policy's" }),
    stages: Stages.optional().meta({ description: "in place of the policy's" }),
    differences: z
      .array(z.number().min(-1).max(1))
      .min(1)
      .max(10)
      .default([-0.1, -0.05, -0.02, 0, 0.03])
      .meta({ description: "challenger's mean less the champion's, for which the wait is computed" }),
  })
  .meta({ id: 'NewPlan' });
export type NewPlan = z.infer<typeof NewPlan>;

const PlannedVerdict = z.strictObject({
  difference: z.number(),
  verdict: z.enum(Verdict).meta({ description: 'that comes most often' }),
  promoted: share.meta({ description: 'share of simulated rollouts that end promoted' }),
  rolledBack: share,
  expired: share,
  samples: z.number().nullable().meta({ description: 'pairs or units until a verdict, median; null: most have none' }),
  days: z.number().nullable().meta({ description: 'until the rollout ends, median; null: most never conclude' }),
  daysP90: z.number().nullable(),
});

const EvidencePlan = z.strictObject({
  evidence: z.enum(EvidenceKind),
  samplesPerDay: z.number(),
  concludes: z.boolean().meta({ description: 'whether an equally good challenger gets a verdict within the horizon' }),
  verdicts: z.array(PlannedVerdict),
  warnings: z.array(z.string()),
});

/** How long it will take to know, for each kind of evidence; simulated with the engine that decides. */
export const Plan = z
  .strictObject({
    model: ModelName,
    declared: z.enum(EvidenceKind).meta({ description: "the model's own kind of evidence" }),
    assumed: z
      .record(z.string(), z.union([z.number(), z.null()]))
      .meta({ description: 'the numbers that were used, given or measured' }),
    plans: z.array(EvidencePlan),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof Plan>;
