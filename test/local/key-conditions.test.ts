import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOptions } from '../../local/aws-clients.ts';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { prepareCertificates } from '../../local/set-up/certificates.ts';
import { preparePython } from '../../local/set-up/python-environment.ts';

const table = 'keys';
const keys = ['a', 'b#1', 'b#2', 'b#\u{1F600}', 'b#\uFFFD', 'c'];
const names = { '#pk': 'pk', '#sk': 'sk' };

describe("the embedded cloud's queries", () => {
  let folder: string;
  let emulator: Emulator;
  let client: DynamoDBClient;

  const put = async (partition: string, sortKeys: readonly string[]): Promise<void> => {
    for (let from = 0; from < sortKeys.length; from += 25) {
      const puts = sortKeys.slice(from, from + 25).map((sk) => ({
        PutRequest: { Item: { pk: { S: partition }, sk: { S: sk } } },
      }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
    }
  };

  const query = async (condition: string, values: Record<string, string>, more: Partial<QueryCommandInput> = {}) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: condition,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries({ ':pk': 'p', ...values }).map(([name, value]) => [name, { S: value }]),
        ),
        ...more,
      }),
    );
    return Items.map(({ sk }) => sk?.S);
  };

  beforeAll(async () => {
    await preparePython({ log: () => undefined });
    await prepareCertificates();
    folder = await mkdtemp(join(tmpdir(), 'relearn-keys-'));
    emulator = await startEmulator({ stateFolder: folder, log: () => undefined });
    client = new DynamoDBClient(clientOptions(emulator));
    await client.send(
      new CreateTableCommand({
        TableName: table,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await put('p', keys);
  });

  afterAll(async () => {
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['#pk = :pk and begins_with(#sk, :x)', { ':x': 'b#' }, ['b#1', 'b#2', 'b#\uFFFD', 'b#\u{1F600}']],
    ['#pk = :pk and #sk BETWEEN :x AND :y', { ':x': 'b#1', ':y': 'b#2' }, ['b#1', 'b#2']],
    ['#pk = :pk AND #sk = :x', { ':x': 'c' }, ['c']],
    ['#pk = :pk AND #sk < :x', { ':x': 'b#1' }, ['a']],
    ['#pk = :pk AND #sk <= :x', { ':x': 'b#1' }, ['a', 'b#1']],
    ['#pk = :pk AND #sk > :x', { ':x': 'b#\uFFFD' }, ['b#\u{1F600}', 'c']],
    ['#pk = :pk AND #sk >= :x', { ':x': 'c' }, ['c']],
    ['#sk >= :x AND #pk = :pk', { ':x': 'c' }, ['c']],
  ])('find by %s', async (condition, values, expected) => {
    expect(await query(condition, values)).toEqual(expected);
    expect(await query(condition, values, { ScanIndexForward: false })).toEqual(expected.toReversed());
  });

  it('find all of a partition by its key alone', async () => {
    const { Count } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'p' } },
      }),
    );
    expect(Count).toBe(keys.length);
  });

  it('find a hundred of ten thousand', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `item#${String(index).padStart(6, '0')}`);
    await put('large', many);
    const found = await query('#pk = :pk and begins_with(#sk, :x)', { ':pk': 'large', ':x': 'item#0098' });
    expect(found).toEqual(many.slice(9800, 9900));
  });
});
