import { join } from 'node:path';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  DescribeTrainingJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { python } from '../../../local/paths.ts';
import type { TrainingSettings } from '../../../local/sagemaker/settings.ts';
import { eventually } from './eventually.ts';

const program = join(import.meta.dirname, '..', 'fixtures', 'training.py');

/** Runs the tests' own training program, and does not wait long for it. */
export const testSettings: Partial<TrainingSettings> = {
  commandOf: (_image, tree) => [python, program, tree],
  stopSeconds: 0.5,
  checkpointSeconds: 0.2,
  watchSeconds: 0.1,
};

/** A request whose program does what `behaviour` says; `other` replaces its members. */
export function trainingRequest(
  name: string,
  roleArn: string,
  behaviour: string,
  other: Partial<CreateTrainingJobRequest> = {},
): CreateTrainingJobRequest {
  return {
    TrainingJobName: name,
    RoleArn: roleArn,
    AlgorithmSpecification: { TrainingImage: 'relearn/training', TrainingInputMode: 'File' },
    HyperParameters: { behaviour },
    OutputDataConfig: { S3OutputPath: 's3://training-data/output' },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 5 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    ...other,
  };
}

/** Starts a job and waits for its end. */
export async function train(client: SageMakerClient, request: CreateTrainingJobRequest) {
  await client.send(new CreateTrainingJobCommand(request));
  return await ended(client, request.TrainingJobName ?? '');
}

export async function ended(client: SageMakerClient, name: string) {
  return await eventually(async () => {
    const job = await describeJob(client, name);
    return ['InProgress', 'Stopping'].includes(job.TrainingJobStatus ?? '') ? undefined : job;
  });
}

/** Waits until the job is in a secondary status. */
export async function reached(client: SageMakerClient, name: string, status: string) {
  return await eventually(async () => {
    const job = await describeJob(client, name);
    return job.SecondaryStatus === status ? job : undefined;
  });
}

/** The secondary statuses that a job has passed through. */
export const pathOf = (job: Awaited<ReturnType<typeof describeJob>>) =>
  job.SecondaryStatusTransitions?.map(({ Status }) => Status);

export async function describeJob(client: SageMakerClient, name: string) {
  return await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
}
