import * as z from 'zod';
import { DatasetId, Digest, JobId, RolloutId, Timestamp, VersionName } from './identifiers.ts';
import { VersionMetrics } from './metrics.ts';
import { VersionStatus } from './statuses.ts';

/** What the gate examines. A failed check of integrity can never be overridden; one of quality can, by an operator who says why. */
export const GateCheck = {
  Digest: 'digest',
  Format: 'format',
  Limits: 'limits',
  Parity: 'parity',
  Finite: 'finite',
  Latency: 'latency',
  NotWorse: 'not-worse',
  NotWorseOnGold: 'not-worse-on-gold',
  /** Never failed: a notice of classes and slices on which it is worse than the champion. */
  Slices: 'slices',
} as const;
export type GateCheck = (typeof GateCheck)[keyof typeof GateCheck];

export const integrityChecks: readonly GateCheck[] = [GateCheck.Digest, GateCheck.Format, GateCheck.Limits];

export const GateFinding = z
  .strictObject({
    check: z.enum(GateCheck),
    passed: z.boolean(),
    detail: z.string().meta({ description: 'what was expected and what was found' }),
    numbers: z.record(z.string(), z.number()).optional(),
  })
  .meta({ id: 'GateFinding' });
export type GateFinding = z.infer<typeof GateFinding>;

/** The artifact that a version pins. */
const Artifact = z.strictObject({ digest: Digest, bytes: z.int().min(1), format: z.enum(['onnx']) });

/** Factors of the classes' probabilities in the choice of the label; tuned on cross-validated predictions. */
const DecisionWeights = z.array(z.number().gt(0).max(1e6));

/** What the search tried, and what came of it. */
const LeaderboardEntry = z
  .object({
    algorithm: z.string().max(100),
    parameters: z.record(z.string().max(100), z.unknown()),
    status: z.string().max(40).meta({ description: 'complete, pruned or failed' }),
    reason: z.string().max(1000).optional().meta({ description: 'why it failed' }),
    mean: z.number().nullable().meta({ description: 'cross-validated score, by the metric of the recipe' }),
    standardError: z.number().nullable(),
    folds: z.int().min(0),
    fitSeconds: z.number().nullable().meta({ description: 'of all folds together' }),
    predictMilliseconds: z.number().nullable().meta({ description: 'for 1,000 cases' }),
    bytes: z.number().nullable().meta({ description: 'of its graph; null where nobody looked' }),
    optimistic: z.boolean().optional().meta({
      description: 'whether the cases that it was scored by stopped it early too, while others were weighed fairly',
    }),
  })
  .meta({ id: 'LeaderboardEntry' });

/** `model.json`, written beside the artifact by the training program; the platform trusts none of it unchecked. */
export const Sidecar = z.looseObject({
  formatVersion: z.literal(1),
  recipe: z.string(),
  algorithm: z.string(),
  codeVersion: z.string(),
  seed: z.int(),
  datasetId: DatasetId,
  inputs: z.strictObject({ numeric: z.array(z.string()), categorical: z.array(z.string()) }),
  classes: z.array(z.string()).meta({ description: 'empty for a regressor' }),
  decisionWeights: DecisionWeights.nullish(),
  background: z
    .record(z.string(), z.array(z.union([z.number(), z.string(), z.null()])))
    .optional()
    .meta({
      description: 'what values a field has in general, each field by itself: against these answers are explained',
    }),
  leaderboard: z.array(LeaderboardEntry).optional().catch(undefined),
  metric: z.string(),
  onnx: z.looseObject({ sha256: Digest, bytes: z.int(), nodes: z.int() }),
  metrics: VersionMetrics,
});
export type Sidecar = z.infer<typeof Sidecar>;

/**
 * How the graph is fed and read: columns of each input tensor, classes of its output `probabilities`. Without classes
 * its output is `values` float32 [N, 1], the number predicted. Text columns are among the categorical ones, timestamps,
 * as days since 1970, among the numeric ones.
 */
export const Signature = z.strictObject({
  numeric: z.array(z.string()),
  categorical: z.array(z.string()),
  classes: z.array(z.string()),
  weights: DecisionWeights.optional().meta({
    description: 'of each class: the label is the class with the largest product of weight and probability. Default: 1',
  }),
});
export type Signature = z.infer<typeof Signature>;

const Lineage = z.strictObject({
  dataset: DatasetId,
  cut: z.int().meta({ description: 'last ledger segment of the dataset' }),
  job: JobId,
  codeVersion: z.string(),
  recipe: z.string(),
  algorithm: z.string(),
  seed: z.int(),
});

export const Version = z
  .strictObject({
    version: VersionName,
    status: z.enum(VersionStatus),
    createdAt: Timestamp,
    artifact: Artifact,
    signature: Signature,
    lineage: Lineage,
    metrics: VersionMetrics,
    leaderboard: z
      .array(LeaderboardEntry)
      .optional()
      .meta({ description: 'what was tried, the best first: the first 30' }),
    gate: z.array(GateFinding),
    rollout: RolloutId.optional().meta({ description: 'the last rollout of this version' }),
  })
  .meta({ id: 'Version' });
export type Version = z.infer<typeof Version>;
