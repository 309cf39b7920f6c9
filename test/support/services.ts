import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startTestEmulator, type TestEmulator } from './emulator.ts';

/** What functions find in their environment, on an emulator of one test file's own. */
export interface TestServices {
  readonly emulator: TestEmulator;
  readonly tableName: string;
  readonly bucketName: string;
  readonly hmacKeyId: string;
  /** FIFO. */
  readonly collectQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  dispose(): Promise<void>;
}

const createTable = async (name: string): Promise<void> => {
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi1',
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
};

const createQueue = async (name: string, fifo: boolean): Promise<string> => {
  const { QueueUrl = '' } = await new SQSClient({}).send(
    new CreateQueueCommand(
      fifo ? { QueueName: `${name}.fifo`, Attributes: { FifoQueue: 'true' } } : { QueueName: name },
    ),
  );
  return QueueUrl;
};

const createKey = async (): Promise<string> => {
  const { KeyMetadata } = await new KMSClient({}).send(
    new CreateKeyCommand({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
  );
  return KeyMetadata?.KeyId ?? '';
};

/**
 * Starts an emulator with the table, a bucket, the keys' root and queues, and points this process's SDK clients at it.
 * Import what reads its configuration when it is loaded only after this.
 */
export const startTestServices = async (): Promise<TestServices> => {
  const emulator = await startTestEmulator();
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: emulator.emulatorUrl,
    CODE_VERSION: 'test',
  });
  const tableName = 'relearn';
  const bucketName = 'relearn-data';
  await createTable(tableName);
  await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucketName }));
  return {
    emulator,
    tableName,
    bucketName,
    hmacKeyId: await createKey(),
    collectQueueUrl: await createQueue('collect', true),
    deadLetterQueueUrl: await createQueue('dead-letters', false),
    dispose: emulator.dispose,
  };
};
