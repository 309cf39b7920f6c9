import * as z from 'zod';
import { TrainingLimits } from './training-limits.ts';

const name = z.string().min(1);
const arn = z.string().startsWith('arn:');
const url = z.url();

const service = { CODE_VERSION: name };
const table = { ...service, TABLE_NAME: name };
const objects = { BUCKET_NAME: name };
/** What gives a queued training job to the training service. */
const dispatch = {
  ...objects,
  TRAINING_IMAGE: name,
  TRAINING_GPU_IMAGE: name,
  TRAINING_ROLE_ARN: arn,
  DATA_KEY_ARN: arn,
  TRAINING_LIMITS: TrainingLimits,
};
/** The KMS key from which pseudonym, signature and split keys are derived. */
const keys = { HMAC_KEY_ID: name };

/**
 * The environment of each function, by its path below `functions/`: parsed once at start, and the type
 * of the construct's prop, so that the stack cannot forget a variable.
 */
export const environments = {
  'models/api': z.object({ ...table }),
  'models/gate-version': z.object({ ...table, ...objects }),
  'models/register-version': z.object({ ...table }),
  'cases/api': z.object({ ...table, ...objects, ...keys, COLLECT_QUEUE_URL: url }),
  'cases/collect-cases': z.object({ ...table, ...objects, ...keys, COLLECT_QUEUE_URL: url }),
  'cases/publish-segments': z.object({ ...service, DEAD_LETTER_QUEUE_URL: url }),
  'cases/check-collections': z.object({ ...table, COLLECT_QUEUE_URL: url }),
  'cases/snapshot-dataset': z.object({ ...table, ...objects }),
  'training/api': z.object({
    ...table,
    RETRAIN_MACHINE_ARN: arn,
    COLLECT_QUEUE_URL: url,
    TRAINING_LOG_GROUP: name,
    NOTICE_TOPIC_PREFIX: arn,
    DATA_KEY_ARN: arn,
  }),
  'training/announce-job': z.object({ ...table, NOTICE_TOPIC_ARN: arn }),
  'training/on-drift-found': z.object({ ...table, RETRAIN_MACHINE_ARN: arn }),
  'training/on-segment-sealed': z.object({ ...table, RETRAIN_MACHINE_ARN: arn, TRIGGER_QUEUE_URL: url }),
  'training/check-triggers': z.object({ ...table, RETRAIN_MACHINE_ARN: arn }),
  'training/submit-job': z.object({ ...table, ...dispatch }),
  'training/on-job-state': z.object({ ...table, ...dispatch }),
  'training/reconcile-jobs': z.object({ ...table, ...dispatch, RETRAIN_MACHINE_ARN: arn }),
  'training/end-job': z.object({ ...table, TRIGGER_QUEUE_URL: url }),
  'rollouts/api': z.object({ ...table, ...objects, ROLLOUT_MACHINE_ARN: arn }),
  'rollouts/start-rollout': z.object({ ...table, ...objects, ROLLOUT_MACHINE_ARN: arn }),
  'rollouts/begin-rollout': z.object({ ...table }),
  'rollouts/judge-rollout': z.object({ ...table, ...objects }),
  'rollouts/end-rollout': z.object({ ...table }),
  'rollouts/on-alarm': z.object({ ...table }),
  'rollouts/reconcile-rollouts': z.object({ ...table, ROLLOUT_MACHINE_ARN: arn }),
  'rollouts/begin-drills': z.object({ ...table, ...objects, ROLLOUT_MACHINE_ARN: arn }),
  'inference/api': z.object({ ...table, ...keys }),
  'inference/predict': z.object({
    ...table,
    ...objects,
    ...keys,
    ROUTE_TTL_MS: z.coerce.number().int().min(0).max(60_000).default(2000),
    AWS_REGION: name,
    AWS_ACCESS_KEY_ID: name,
    AWS_SECRET_ACCESS_KEY: name,
    AWS_SESSION_TOKEN: name.optional(),
    AWS_ENDPOINT_URL: url.optional(),
    AWS_ENDPOINT_URL_S3: url.optional(),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().min(128).default(512),
  }),
  'inference/explain': z.object({
    ...table,
    ...objects,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().min(128).default(1769),
  }),
  'monitoring/api': z.object({ ...table, ...objects, EVALUATION_QUEUE_URL: url }),
  'monitoring/evaluate': z.object({ ...table, ...objects }),
  'monitoring/docs': z.object({ ...service }),
  'monitoring/score-performance': z.object({ ...table, ...objects }),
  'monitoring/count-predictions': z.object({ ...table }),
  'monitoring/archive-audit': z.object({ ...service, AUDIT_BUCKET_NAME: name, DEAD_LETTER_QUEUE_URL: url }),
  'platform/add-claims': z.object({}),
} as const;
export type FunctionName = keyof typeof environments;
export type Environment<Name extends FunctionName> = z.infer<(typeof environments)[Name]>;
