import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { region, rootCredentials, s3ClientOptions } from '../../../local/aws-clients.ts';
import { type SageMaker, startSageMaker } from '../../../local/sagemaker/endpoint.ts';
import { startTestEmulator, type TestEmulator } from '../../support/emulator.ts';
import { createRole } from './functions.ts';
import { testSettings } from './training.ts';

export const bucket = 'training-data';

/** A SageMaker endpoint beside an emulator, with a bucket and a role that may do what a training job does. */
export type TrainingWorld = {
  readonly cloud: TestEmulator;
  readonly sagemaker: SageMaker;
  /** The emulator's owner, calling SageMaker. */
  readonly client: SageMakerClient;
  readonly s3: S3Client;
  /** ARN of the role. */
  readonly role: string;
  /** Puts an object into the bucket. */
  put(key: string, content: string): Promise<unknown>;
  dispose(): Promise<void>;
};

export async function startTrainingWorld(): Promise<TrainingWorld> {
  const cloud = await startTestEmulator();
  const sagemaker = await startSageMaker({ stateFolder: cloud.stateFolder, log: () => {}, settings: testSettings });
  await sagemaker.attach(cloud);
  const s3 = new S3Client(s3ClientOptions(cloud));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const logGroup = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/TrainingJobs*';
  const logActions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  const role = await createRole(cloud, 'trainer', 'sagemaker.amazonaws.com', [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::${bucket}/*` },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
    { Effect: 'Allow', Action: logActions, Resource: logGroup },
  ]);
  return {
    cloud,
    sagemaker,
    client: new SageMakerClient({ endpoint: sagemaker.sagemakerUrl, region, credentials: rootCredentials }),
    s3,
    role,
    put: (Key, Body) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body })),
    async dispose() {
      await sagemaker.stop();
      await cloud.dispose();
    },
  };
}
