import * as z from 'zod';
import { DatasetId, JobId, ModelName, RolloutId, TenantName, VersionName } from './identifiers.ts';
import { RolloutStatus } from './statuses.ts';
import { GateFinding, Sidecar } from './versions.ts';

/** Input of the retrain machine. */
export const RetrainInput = z.strictObject({
  tenant: TenantName,
  model: ModelName,
  job: JobId,
  attempt: z.int().min(1),
  rollOut: z.boolean().meta({ description: 'whether a version that passes the gate goes into a rollout by itself' }),
});
export type RetrainInput = z.infer<typeof RetrainInput>;

/** What `cases/snapshot-dataset` gives. */
export const SnapshotOutput = z.strictObject({
  dataset: DatasetId,
  cut: z.int(),
  manifestKey: z.string().meta({ description: 'object key of manifest.json, the channel `manifest`' }),
  segmentListKey: z
    .string()
    .meta({ description: "object key of SageMaker's list of the segments, the channel `dataset`" }),
});
export type SnapshotOutput = z.infer<typeof SnapshotOutput>;

/** Input of an execution. One that goes on where another was lost is given the job's dataset, which never changes. */
export const RetrainExecution = RetrainInput.extend({ snapshot: SnapshotOutput.optional() });
export type RetrainExecution = z.infer<typeof RetrainExecution>;

/** `training/submit-job`, with the token that ends its state, however long the job waits and trains. */
export const SubmitInput = RetrainInput.extend({ snapshot: SnapshotOutput, taskToken: z.string() });
export type SubmitInput = z.infer<typeof SubmitInput>;

/** What the job-state event hands back through the token. */
export const TrainedOutput = z.strictObject({
  artifactKey: z.string().meta({ description: 'object key of model.tar.gz' }),
});

export const GateInput = RetrainInput.extend({ snapshot: SnapshotOutput, trained: TrainedOutput });

/** What `models/gate-version` found. The artifact is stored by its digest only where `integrity` is whole. */
export const GateOutput = z.strictObject({
  passed: z.boolean(),
  integrity: z.boolean(),
  findings: z.array(GateFinding),
  artifact: z.strictObject({ digest: z.string(), bytes: z.int() }).optional(),
  sidecar: Sidecar.optional(),
});
export type GateOutput = z.infer<typeof GateOutput>;

export const RegisterInput = GateInput.extend({ gate: GateOutput });
export type RegisterInput = z.infer<typeof RegisterInput>;
export const RegisterOutput = z.strictObject({ version: VersionName, passed: z.boolean(), rollOut: z.boolean() });
export type RegisterOutput = z.infer<typeof RegisterOutput>;

/** `rollouts/start-rollout`, called by the retrain machine. */
export const StartRolloutInput = RetrainInput.extend({ registered: RegisterOutput });
export const StartRolloutOutput = z.strictObject({ rollout: RolloutId });

/** `training/end-job`: the last state of the retrain machine, on every path. */
export const EndJobInput = RetrainInput.extend({
  registered: RegisterOutput.optional(),
  error: z.strictObject({ Error: z.string(), Cause: z.string().optional() }).optional(),
});
export type EndJobInput = z.infer<typeof EndJobInput>;

/** Input of the rollout machine. */
export const RolloutInput = z.strictObject({
  tenant: TenantName,
  model: ModelName,
  rollout: RolloutId,
  attempt: z.int().min(1),
});
export type RolloutInput = z.infer<typeof RolloutInput>;

/** One alarm that belongs to one rollout: made when it begins, deleted when it ends. */
export const AlarmPlan = z.strictObject({
  name: z.string(),
  description: z.string(),
  namespace: z.string(),
  metric: z.string(),
  statistic: z.enum(['Sum', 'Average', 'Maximum']),
  threshold: z.number(),
  periodSeconds: z.union([z.literal(10), z.literal(30), z.literal(60)]),
  missingData: z
    .enum(['ignore', 'notBreaching'])
    .meta({ description: "CloudWatch's TreatMissingData: what it makes of a period without a datum" }),
  notifies: z
    .boolean()
    .meta({ description: 'whether it tells of itself; those under a guard leave that to the guard' }),
});
export type AlarmPlan = z.infer<typeof AlarmPlan>;

/** The alarm that acts: it fires while every alarm of its rule does. */
export const GuardPlan = z.strictObject({ name: z.string(), description: z.string(), rule: z.string() });
export type GuardPlan = z.infer<typeof GuardPlan>;

export const BeginOutput = z.strictObject({
  status: z.enum(RolloutStatus),
  alarms: z.array(AlarmPlan),
  guards: z.array(GuardPlan).meta({ description: 'each rolls back when it fires' }),
  alarmNames: z.array(z.string()).meta({ description: 'all of them, in an order in which they can be deleted' }),
  waitSeconds: z.int().min(1),
});
export type BeginOutput = z.infer<typeof BeginOutput>;

export const JudgeOutput = z.strictObject({
  status: z.enum(RolloutStatus),
  waitSeconds: z.int().min(1).meta({ description: 'until the next judgement, while it runs' }),
});
export type JudgeOutput = z.infer<typeof JudgeOutput>;

/** `rollouts/end-rollout`: after an error of the machine, and again once the rollout's alarms are deleted. */
export const EndRolloutInput = RolloutInput.extend({
  error: z.looseObject({ Error: z.string(), Cause: z.string().optional() }).optional(),
  alarmsDeleted: z.boolean().default(false),
});
export const EndRolloutOutput = z.strictObject({ status: z.enum(RolloutStatus) });

/** Error names that state machines match on. */
export const WorkflowError = {
  TooFewCases: 'TooFewCasesError',
  Cancelled: 'JobCancelledError',
  Paused: 'JobPausedError',
  TrainingFailed: 'TrainingFailedError',
  Integrity: 'IntegrityError',
  RolloutEnded: 'RolloutEndedError',
} as const;
