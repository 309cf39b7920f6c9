import type { Channel, CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { objectKeys } from '../../../contracts/keys.ts';
import { Task } from '../../../contracts/model.ts';
import type { JobRecord, Submission } from '../domain/job-record.ts';

/** Where trainings run and what they may touch; the same for all. */
export interface TrainingTarget {
  readonly bucket: string;
  readonly image: string;
  readonly roleArn: string;
  readonly keyArn: string;
  readonly codeVersion: string;
}

/** Of the disk of a training machine: datasets are compressed, and the artifact is small. */
const volumeGigabytes = 30;

const channel = (ChannelName: string, S3DataType: 'S3Prefix' | 'ManifestFile', S3Uri: string): Channel => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType, S3Uri, S3DataDistributionType: 'FullyReplicated' } },
  InputMode: 'File',
});

/** What the training service is asked for. The program has no network: it reads its channels and writes its model. */
export const trainingRequest = (
  { bucket, image, roleArn, keyArn, codeVersion }: TrainingTarget,
  { tenant, model, id, recipe, seed, instanceType, maximumSeconds }: JobRecord,
  { name, snapshot }: Submission,
): CreateTrainingJobCommandInput => ({
  TrainingJobName: name,
  RoleArn: roleArn,
  AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
  InputDataConfig: [
    channel('manifest', 'S3Prefix', `s3://${bucket}/${snapshot.manifestKey}`),
    channel('dataset', 'ManifestFile', `s3://${bucket}/${snapshot.segmentListKey}`),
  ],
  OutputDataConfig: { S3OutputPath: `s3://${bucket}/${objectKeys.trainingOutput(tenant, model)}`, KmsKeyId: keyArn },
  ResourceConfig: {
    InstanceType: instanceType as NonNullable<CreateTrainingJobCommandInput['ResourceConfig']>['InstanceType'],
    InstanceCount: 1,
    VolumeSizeInGB: volumeGigabytes,
    VolumeKmsKeyId: keyArn,
  },
  StoppingCondition: { MaxRuntimeInSeconds: maximumSeconds },
  EnableNetworkIsolation: true,
  HyperParameters: {
    task: Task.TabularClassification,
    recipe: recipe.name,
    metric: recipe.metric,
    seed: String(seed),
    codeVersion,
    parameters: JSON.stringify(recipe.parameters),
  },
  Tags: [
    { Key: 'relearn:tenant', Value: tenant },
    { Key: 'relearn:model', Value: model },
    { Key: 'relearn:job', Value: id },
  ],
});
