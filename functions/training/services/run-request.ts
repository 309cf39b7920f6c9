import type { Channel, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import { instances } from '../../../contracts/instances.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { Model } from '../../../contracts/model.ts';
import type { SnapshotOutput } from '../../../contracts/workflows.ts';
import type { JobRecord, Run } from '../domain/job-record.ts';
import { remainingSeconds } from '../domain/machines.ts';
import { spotWaitingSeconds } from '../domain/recovery.ts';
import { hyperparametersOf } from '../domain/training-run.ts';

/** Where runs take place and what they may touch; the same for all. */
export interface RunPlace {
  readonly bucket: string;
  readonly image: string;
  /** For machines with a graphics card. */
  readonly gpuImage: string;
  readonly roleArn: string;
  readonly keyArn: string;
  readonly codeVersion: string;
}

/** A job that is given to the training service. */
export interface SubmittedJob {
  readonly tenant: string;
  readonly model: Pick<Model, 'name' | 'task' | 'slices'>;
  readonly job: JobRecord;
  readonly run: Run;
  readonly snapshot: SnapshotOutput;
  /** Object key of the `model.json` of the version that serves, whose search this one goes on from. @default none */
  readonly championKey?: string | undefined;
}

const channel = (ChannelName: string, S3DataType: 'S3Prefix' | 'ManifestFile', S3Uri: string): Channel => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType, S3Uri, S3DataDistributionType: 'FullyReplicated' } },
  InputMode: 'File',
});

/** Where the program keeps its checkpoints: what the training container's README names. */
const checkpointPath = '/opt/ml/checkpoints';

/**
 * What SageMaker is asked for. The program has no network: it reads its channels and what earlier runs of its job have
 * left at the checkpoint, and writes its model.
 */
export const runRequest = (
  place: RunPlace,
  { tenant, model, job, run, snapshot, championKey }: SubmittedJob,
): CreateTrainingJobRequest => {
  const { bucket, image, gpuImage, roleArn, keyArn, codeVersion } = place;
  const { task, slices } = model;
  const { recipe, seed } = job;
  const uriOf = (key: string): string => `s3://${bucket}/${key}`;
  return {
    TrainingJobName: run.name,
    RoleArn: roleArn,
    AlgorithmSpecification: {
      TrainingImage: instances[run.instanceType].gpus > 0 ? gpuImage : image,
      TrainingInputMode: 'File',
    },
    HyperParameters: hyperparametersOf({ task, recipe, seed, codeVersion, slices, seconds: remainingSeconds(job) }),
    InputDataConfig: [
      channel('manifest', 'S3Prefix', uriOf(snapshot.manifestKey)),
      channel('dataset', 'ManifestFile', uriOf(snapshot.segmentListKey)),
      ...(championKey === undefined ? [] : [channel('champion', 'S3Prefix', uriOf(championKey))]),
    ],
    OutputDataConfig: { S3OutputPath: uriOf(objectKeys.trainingOutput(tenant, model.name)), KmsKeyId: keyArn },
    CheckpointConfig: {
      S3Uri: uriOf(objectKeys.checkpoints(tenant, model.name, job.id)),
      LocalPath: checkpointPath,
    },
    ResourceConfig: {
      InstanceType: run.instanceType,
      InstanceCount: 1,
      VolumeSizeInGB: job.volumeGigabytes,
      VolumeKmsKeyId: keyArn,
    },
    ...limits(job),
    EnableNetworkIsolation: true,
    Tags: [
      { Key: 'relearn:tenant', Value: tenant },
      { Key: 'relearn:model', Value: model.name },
      { Key: 'relearn:job', Value: job.id },
    ],
  };
};

const limits = (job: JobRecord): Pick<CreateTrainingJobRequest, 'StoppingCondition' | 'EnableManagedSpotTraining'> => {
  // The service takes no 0; of a job without time left the run is stopped at once.
  const MaxRuntimeInSeconds = Math.max(1, remainingSeconds(job));
  if (!job.spot) return { StoppingCondition: { MaxRuntimeInSeconds } };
  return {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds, MaxWaitTimeInSeconds: MaxRuntimeInSeconds + spotWaitingSeconds },
  };
};
