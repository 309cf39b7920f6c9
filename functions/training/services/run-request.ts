import type { Channel, CreateTrainingJobRequest, TrainingInstanceType } from '@aws-sdk/client-sagemaker';
import { objectKeys } from '../../../contracts/keys.ts';
import type { Model } from '../../../contracts/model.ts';
import type { SnapshotOutput } from '../../../contracts/workflows.ts';
import type { JobRecord, Run } from '../domain/job-record.ts';
import { hyperparametersOf } from '../domain/training-run.ts';

/** Where runs take place and what they may touch; the same for all. */
export interface RunPlace {
  readonly bucket: string;
  readonly image: string;
  readonly roleArn: string;
  readonly keyArn: string;
  readonly codeVersion: string;
}

/** A job that is given to the training service. */
export interface SubmittedJob {
  readonly tenant: string;
  readonly model: Pick<Model, 'name' | 'task'>;
  readonly job: JobRecord;
  readonly run: Run;
  readonly snapshot: SnapshotOutput;
}

/** GB of the disk of a training machine, for datasets that are a thousandth of it. */
const volumeGigabytes = 30;

const channel = (ChannelName: string, S3DataType: 'S3Prefix' | 'ManifestFile', S3Uri: string): Channel => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType, S3Uri, S3DataDistributionType: 'FullyReplicated' } },
  InputMode: 'File',
});

/** What SageMaker is asked for. The program has no network: it reads its two channels and writes its model. */
export const runRequest = (place: RunPlace, { tenant, model, job, run, snapshot }: SubmittedJob) => {
  const { bucket, image, roleArn, keyArn, codeVersion } = place;
  return {
    TrainingJobName: run.name,
    RoleArn: roleArn,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    HyperParameters: hyperparametersOf({ task: model.task, recipe: job.recipe, seed: job.seed, codeVersion }),
    InputDataConfig: [
      channel('manifest', 'S3Prefix', `s3://${bucket}/${snapshot.manifestKey}`),
      channel('dataset', 'ManifestFile', `s3://${bucket}/${snapshot.segmentListKey}`),
    ],
    OutputDataConfig: {
      S3OutputPath: `s3://${bucket}/${objectKeys.trainingOutput(tenant, model.name)}`,
      KmsKeyId: keyArn,
    },
    ResourceConfig: {
      InstanceType: job.instanceType as TrainingInstanceType,
      InstanceCount: 1,
      VolumeSizeInGB: volumeGigabytes,
      VolumeKmsKeyId: keyArn,
    },
    StoppingCondition: { MaxRuntimeInSeconds: job.maximumSeconds },
    EnableNetworkIsolation: true,
    Tags: [
      { Key: 'relearn:tenant', Value: tenant },
      { Key: 'relearn:model', Value: model.name },
      { Key: 'relearn:job', Value: job.id },
    ],
  } satisfies CreateTrainingJobRequest;
};
