import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../platform/acknowledgements.ts';
import { type Binding, binding, plain } from '../platform/binding.ts';
import { type ObjectKind, objectPrefixes } from '../platform/object-prefixes.ts';
import type { SliceProps } from '../platform/platform.ts';

/** Where SageMaker writes what a training program prints; it makes the group itself. */
const logGroupName = '/aws/sagemaker/TrainingJobs';

/** What SageMaker needs to run a training job of ours: an image, and a role for its data. */
export class TrainingService extends Construct {
  readonly role: Role;
  readonly repository: Repository;
  readonly logGroupName = logGroupName;
  private readonly platform: SliceProps['platform'];
  private readonly image: Binding;
  private readonly gpuImage: Binding;
  private readonly limits: Binding;

  constructor(scope: Construct, id: string, { platform }: SliceProps) {
    super(scope, id);
    this.platform = platform;
    const { deletionProtection, trainingImageUri, trainingGpuImageUri, trainingLimits } = platform.settings;
    this.repository = new Repository(this, 'Repository', {
      repositoryName: 'relearn-training',
      encryption: RepositoryEncryption.KMS,
      encryptionKey: platform.keys.data,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      removalPolicy: deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const { codeVersion } = platform.service;
    this.image = plain(trainingImageUri ?? this.repository.repositoryUriForTag(codeVersion));
    this.gpuImage = plain(trainingGpuImageUri ?? this.repository.repositoryUriForTag(`${codeVersion}-gpu`));
    this.limits = plain(trainingLimits);
    this.role = this.trainingRole(platform);
    const stack = Stack.of(this);
    acknowledgeWildcard(stack, this.ourJobs(), 'training jobs get their names when they are submitted');
    acknowledgeWildcard(stack, this.logStreams(), 'SageMaker names a log stream after its job');
    acknowledge(this.role, { 'AwsSolutions-IAM5[Resource::*]': 'ECR gives tokens for the whole registry alone' });
  }

  /** What a function needs that gives queued jobs to SageMaker, beside the table. */
  dispatch() {
    const { buckets, keys } = this.platform;
    return {
      BUCKET_NAME: buckets.allow({ read: ['sidecars'] }),
      TRAINING_IMAGE: this.image,
      TRAINING_GPU_IMAGE: this.gpuImage,
      TRAINING_ROLE_ARN: this.passRole(),
      DATA_KEY_ARN: plain(keys.data.keyArn),
      TRAINING_LIMITS: this.limits,
    };
  }

  /** Lets a function hand the training role to SageMaker, and to nobody else. */
  private passRole(): Binding {
    const pass = new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [this.role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
    return { value: this.role.roleArn, statements: [pass] };
  }

  /** Training jobs of ours, by the prefix of their names. */
  jobs(...actions: readonly ('CreateTrainingJob' | 'DescribeTrainingJob' | 'StopTrainingJob' | 'AddTags')[]) {
    return new PolicyStatement({
      actions: actions.map((action) => `sagemaker:${action}`),
      resources: [this.ourJobs()],
    });
  }

  private ourJobs(): string {
    return Stack.of(this).formatArn({ service: 'sagemaker', resource: 'training-job', resourceName: 'relearn-*' });
  }

  /** Lets a function read what the training program printed. */
  readLogs(): Binding {
    return binding(logGroupName, {
      actions: ['logs:DescribeLogStreams', 'logs:GetLogEvents'],
      resources: [this.logGroup(), this.logStreams()],
    });
  }

  private logStreams(): string {
    return `${this.logGroup()}:*`;
  }

  private logGroup(): string {
    const resource = { service: 'logs', resource: 'log-group', resourceName: logGroupName };
    return Stack.of(this).formatArn({ ...resource, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  }

  private trainingRole({ buckets, keys }: SliceProps['platform']): Role {
    const role = new Role(this, 'Role', {
      description: 'Training jobs: reads datasets, writes what was trained, and keeps checkpoints',
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
    });
    const { data } = buckets;
    const objectsOf = (...kinds: readonly ObjectKind[]) =>
      kinds.map((kind) => data.arnForObjects(objectPrefixes[kind]));
    const statements = [
      {
        actions: ['s3:GetObject'],
        resources: objectsOf('ledger', 'datasets', 'sidecars', 'checkpoints'),
      },
      {
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: objectsOf('trainingOutput', 'checkpoints'),
      },
      {
        actions: ['s3:ListBucket'],
        resources: [data.bucketArn],
        conditions: {
          StringLike: {
            's3:prefix': [
              objectPrefixes.datasets,
              objectPrefixes.ledger,
              objectPrefixes.sidecars,
              objectPrefixes.checkpoints,
            ],
          },
        },
      },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [this.logGroup(), this.logStreams()],
      },
      // The volume of a training machine is encrypted with our key, on behalf of the role.
      {
        actions: ['kms:CreateGrant'],
        resources: [keys.data.keyArn],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
      { actions: ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'], resources: [keys.data.keyArn] },
      {
        actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
        resources: [this.repository.repositoryArn],
      },
      // ECR names no resource for it.
      { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    ];
    for (const statement of statements) role.addToPolicy(new PolicyStatement(statement));
    return role;
  }
}
