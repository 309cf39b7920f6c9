import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { clientOptions, region, rootCredentials, s3ClientOptions } from '../../../local/aws-clients.ts';
import { type SageMaker, startSageMaker } from '../../../local/sagemaker/endpoint.ts';
import { startTestEmulator, type TestEmulator } from '../../support/emulator.ts';
import { filesOfArchive } from './archive.ts';
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
  /** What an object holds; undefined where there is none. */
  read(key: string): Promise<Buffer | undefined>;
  /** What the tests' own program saw, which its artifact tells. */
  seenBy(job: string): Promise<Record<string, unknown>>;
  /** The lines that a job has logged at its first start. */
  logLines(job: string): Promise<(string | undefined)[]>;
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
  const read: TrainingWorld['read'] = async (Key) => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') {
        return undefined;
      }
      throw error;
    }
  };
  return {
    cloud,
    sagemaker,
    client: new SageMakerClient({ endpoint: sagemaker.sagemakerUrl, region, credentials: rootCredentials }),
    s3,
    role,
    put: (Key, Body) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body })),
    read,
    async seenBy(job) {
      const archive = await read(`output/${job}/output/model.tar.gz`);
      return JSON.parse((await filesOfArchive(archive ?? Buffer.of()))['code/seen.json'] ?? '{}');
    },
    async logLines(job) {
      const logs = new CloudWatchLogsClient(clientOptions(cloud));
      const logGroupName = '/aws/sagemaker/TrainingJobs';
      const { logStreams: [stream] = [] } = await logs.send(
        new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/` }),
      );
      if (!stream) {
        return [];
      }
      const { events = [] } = await logs.send(
        new GetLogEventsCommand({ logGroupName, logStreamName: stream.logStreamName, limit: 10_000 }),
      );
      return events.map(({ message }) => message);
    },
    async dispose() {
      await sagemaker.stop();
      await cloud.dispose();
    },
  };
}
