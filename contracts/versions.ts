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

/** `model.json`, written beside the artifact by the training program; the platform trusts none of it unchecked. */
export const Sidecar = z.looseObject({
  formatVersion: z.literal(1),
  recipe: z.string(),
  algorithm: z.string(),
  codeVersion: z.string(),
  seed: z.int(),
  datasetId: DatasetId,
  inputs: z.strictObject({ numeric: z.array(z.string()), categorical: z.array(z.string()) }),
  classes: z.array(z.string()),
  metric: z.string(),
  onnx: z.looseObject({ sha256: Digest, bytes: z.int(), nodes: z.int() }),
  metrics: VersionMetrics,
});
export type Sidecar = z.infer<typeof Sidecar>;

/** How the graph is fed and read: columns of each input tensor, classes of the output. */
export const Signature = z.strictObject({
  numeric: z.array(z.string()),
  categorical: z.array(z.string()),
  classes: z.array(z.string()),
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
    gate: z.array(GateFinding),
    rollout: RolloutId.optional().meta({ description: 'the last rollout of this version' }),
  })
  .meta({ id: 'Version' });
export type Version = z.infer<typeof Version>;
