import { TrainingInstanceType } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { validationError } from './aws-error.ts';
import { JobStatus } from './statuses.ts';

const jobName = z
  .string()
  .max(63)
  .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
const s3Uri = z
  .string()
  .max(1024)
  .regex(/^s3:\/\/[^/]+\/?.*$/);
/** Where programs find and leave their checkpoints; AWS takes other paths too. */
const checkpointPath = '/opt/ml/checkpoints';
const map = z.record(z.string(), z.string());

const Channel = z.looseObject({
  ChannelName: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  DataSource: z.looseObject({
    S3DataSource: z.looseObject({
      S3DataType: z.enum(['S3Prefix', 'ManifestFile']),
      S3Uri: s3Uri,
      S3DataDistributionType: z.enum(['FullyReplicated']).optional(),
    }),
  }),
  ContentType: z.string().max(256).optional(),
  CompressionType: z.enum(['None']).optional(),
  RecordWrapperType: z.enum(['None']).optional(),
  InputMode: z.enum(['File']).optional(),
});
export type Channel = z.infer<typeof Channel>;

/**
 * What `CreateTrainingJob` takes here: the API's own limits, and of its choices those that one machine can honour
 * (one instance, input mode File, data in S3). Members that are not named are kept and described, but have no effect.
 */
export const CreateTrainingJob = z.looseObject({
  TrainingJobName: jobName,
  RoleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/),
  AlgorithmSpecification: z.looseObject({
    TrainingImage: z.string().max(255),
    TrainingInputMode: z.enum(['File']),
  }),
  HyperParameters: map.optional(),
  Environment: map.optional(),
  InputDataConfig: z
    .array(Channel)
    .min(1)
    .max(20)
    .refine((channels) => new Set(channels.map(({ ChannelName }) => ChannelName)).size === channels.length, {
      message: 'Channel names must be unique',
    })
    .optional(),
  CheckpointConfig: z.looseObject({ S3Uri: s3Uri, LocalPath: z.literal(checkpointPath).optional() }).optional(),
  OutputDataConfig: z.looseObject({
    S3OutputPath: s3Uri,
    KmsKeyId: z.string().max(2048).optional(),
    CompressionType: z.enum(['GZIP']).optional(),
  }),
  ResourceConfig: z.looseObject({
    InstanceType: z.enum(TrainingInstanceType, {
      error: ({ input }) => `Member must satisfy enum value set of TrainingInstanceType, ${input} is none of it`,
    }),
    InstanceCount: z.literal(1),
    VolumeSizeInGB: z.int().min(1),
  }),
  EnableManagedSpotTraining: z.boolean().optional(),
  StoppingCondition: z.looseObject({
    MaxRuntimeInSeconds: z.int().min(1).default(86_400),
    /** From the creation to the end of a spot job, with all that it waits. */
    MaxWaitTimeInSeconds: z.int().min(1).optional(),
  }),
  Tags: z
    .array(z.looseObject({ Key: z.string(), Value: z.string() }))
    .max(50)
    .optional(),
});
export type CreateTrainingJob = z.infer<typeof CreateTrainingJob>;

/**
 * Refuses a waiting time that does not go with the kind of capacity.
 *
 * @throws {AwsError} ValidationException in the words of AWS
 */
export function requireWaitingTime({ EnableManagedSpotTraining, StoppingCondition }: CreateTrainingJob): void {
  const { MaxRuntimeInSeconds, MaxWaitTimeInSeconds } = StoppingCondition;
  if (!EnableManagedSpotTraining && MaxWaitTimeInSeconds !== undefined) {
    throw validationError(
      'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true',
    );
  }
  if (EnableManagedSpotTraining && (MaxWaitTimeInSeconds ?? 0) < MaxRuntimeInSeconds) {
    throw validationError(
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    );
  }
}

/** What `DescribeTrainingJob` and `StopTrainingJob` take. */
export const NamedTrainingJob = z.looseObject({ TrainingJobName: jobName });

/** Times are seconds since 1970, as JSON 1.1 carries them. */
export const ListTrainingJobs = z.looseObject({
  NameContains: z.string().max(63).optional(),
  StatusEquals: z.enum(JobStatus).optional(),
  CreationTimeAfter: z.number().optional(),
  CreationTimeBefore: z.number().optional(),
  LastModifiedTimeAfter: z.number().optional(),
  LastModifiedTimeBefore: z.number().optional(),
  SortBy: z.enum(['Name', 'CreationTime', 'Status']).default('CreationTime'),
  SortOrder: z.enum(['Ascending', 'Descending']).default('Descending'),
  MaxResults: z.int().min(1).max(100).default(10),
  NextToken: z.string().max(8192).optional(),
});
export type ListTrainingJobs = z.infer<typeof ListTrainingJobs>;

/**
 * Reads a request body by its schema.
 *
 * @throws {AwsError} ValidationException that names every faulty member, as the API does
 */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) {
    return parsed.data;
  }
  const faults = parsed.error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  throw validationError(
    `${faults.length} validation error${faults.length > 1 ? 's' : ''} detected: ${faults.join('; ')}`,
  );
}
