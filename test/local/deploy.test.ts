import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clientOptions } from '../../local/aws-clients.ts';
import { DeployFailedError, type Outputs } from '../../local/deploy.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';
import { invoke } from './support/functions.ts';
import { deployTinyStack } from './support/tiny-stack.ts';

jest.setTimeout(120_000);

let cloud: TestEmulator;
let outputs: Outputs;

beforeAll(async () => {
  cloud = await startTestEmulator();
  outputs = await deployTinyStack(cloud);
});

afterAll(async () => {
  await cloud?.dispose();
});

test('a deployed function answers', async () => {
  expect(await invoke(cloud, outputs.FunctionName ?? '', { do: 'answer' })).toMatchObject({
    failed: false,
    payload: { statusCode: 201 },
  });
});

test('a changed app updates the stack in place and keeps its data, even deployed twice at once', async () => {
  const dynamo = new DynamoDBClient(clientOptions(cloud));
  await dynamo.send(new PutItemCommand({ TableName: outputs.TableName, Item: { id: { S: 'case_1' } } }));

  const updates = await Promise.all([deployTinyStack(cloud, 'queue'), deployTinyStack(cloud, 'queue')]);

  for (const updated of updates) {
    expect(updated).toMatchObject({
      TableName: outputs.TableName,
      QueueUrl: expect.stringContaining('/000000000000/'),
    });
  }
  const { Items } = await dynamo.send(new ScanCommand({ TableName: outputs.TableName }));
  expect(Items).toEqual([{ id: { S: 'case_1' } }]);
});

test('a stack that cannot be deployed tells why, and leaves what was there', async () => {
  const deploying = deployTinyStack(cloud, 'broken');
  await expect(deploying).rejects.toThrow(DeployFailedError);
  await expect(deploying).rejects.toThrow('AWS::SageMaker::Model');
  expect(await invoke(cloud, outputs.FunctionName ?? '', { do: 'answer' })).toMatchObject({ failed: false });
});
