/** What a table does, by the commands of the document client: DynamoDB's rules as far as the stores rely on them. */

import {
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import type { Table } from '../../../functions/platform/table.ts';

type Item = Record<string, unknown>;

/** Commands on a partition of its own. */
const openPartition = ({ client, table: TableName }: Table, pk: string) => {
  const of = (sk: string) => ({ TableName, Key: { pk, sk } });
  const outcome = async (done: Promise<unknown>): Promise<string> => {
    try {
      await done;
      return 'done';
    } catch (error) {
      const { name, CancellationReasons = [] } = error as Error & { CancellationReasons?: { Code?: string }[] };
      return [name, ...CancellationReasons.map(({ Code }) => Code)].join(' ');
    }
  };
  return {
    outcome,
    put: (item: Item, condition: object = {}) =>
      outcome(client.send(new PutCommand({ TableName, Item: { pk, ...item }, ...condition }))),
    update: (sk: string, given: Omit<UpdateCommand['input'], 'TableName' | 'Key'>) =>
      outcome(client.send(new UpdateCommand({ ...of(sk), ...given }))),
    get: async (sk: string): Promise<Item | undefined> => {
      const { Item: found } = await client.send(new GetCommand({ ...of(sk), ConsistentRead: true }));
      if (found === undefined) return undefined;
      const { pk: _, ...item } = found;
      return item;
    },
    query: (given: Partial<QueryCommandInput> = {}) =>
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': 'pk' },
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
          ...given,
        }),
      ),
    transact: (writes: ((pk: string, table: string) => object)[]) =>
      outcome(
        client.send(new TransactWriteCommand({ TransactItems: writes.map((write) => write(pk, TableName)) as never })),
      ),
  };
};

const isRevision = (revision: number) => ({
  ConditionExpression: '#revision = :revision',
  ExpressionAttributeNames: { '#revision': 'revision' },
  ExpressionAttributeValues: { ':revision': revision },
});
const isNew = { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } };
const putting =
  (item: Item, condition: object = {}) =>
  (pk: string, TableName: string) => ({
    Put: { TableName, Item: { pk, ...item }, ...condition },
  });
const checking = (sk: string, condition: object) => (pk: string, TableName: string) => ({
  ConditionCheck: { TableName, Key: { pk, sk }, ...condition },
});
const between = (low: string, high: string) => ({
  KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :low AND :high',
  ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
  ExpressionAttributeValues: { ':low': low, ':high': high },
});

/** @param open - the table; several suites may share it */
export const tableSuite = (open: () => Table): void => {
  let count = 0;
  const partition = (): { pk: string } & ReturnType<typeof openPartition> => {
    count += 1;
    const pk = `tenant#acme#suite-${count}`;
    return { pk, ...openPartition(open(), pk) };
  };

  it('gives back what was put, and nothing of what was there before', async () => {
    const { put, get } = partition();
    const item = { sk: 'a', text: '', list: [1, 'two', { three: null }], map: { deep: { on: true } }, share: 0.25 };
    expect(await get('a')).toBeUndefined();
    await put({ sk: 'a', old: 1 });
    await put(item);
    expect(await get('a')).toEqual(item);
  });

  it('puts on a condition, which a missing item or attribute does not meet', async () => {
    const { put, get } = partition();
    expect(await put({ sk: 'a', revision: 2 }, isRevision(1))).toBe('ConditionalCheckFailedException');
    expect(await put({ sk: 'a', revision: 1 }, isNew)).toBe('done');
    expect(await put({ sk: 'a', revision: 1 }, isNew)).toBe('ConditionalCheckFailedException');
    expect(await put({ sk: 'a', revision: 2 }, isRevision(1))).toBe('done');
    expect(await put({ sk: 'a', revision: 3 }, isRevision(1))).toBe('ConditionalCheckFailedException');
    expect(await get('a')).toEqual({ sk: 'a', revision: 2 });
    await put({ sk: 'b' });
    expect(await put({ sk: 'b' }, isRevision(1))).toBe('ConditionalCheckFailedException');
  });

  it('updates some attributes, keeps the others, and makes the item where nothing forbids it', async () => {
    const { put, update, get } = partition();
    const setting = {
      UpdateExpression: 'SET #status = :status, #first = if_not_exists(#first, :now) ADD #count :one',
      ExpressionAttributeNames: { '#status': 'status', '#first': 'first', '#count': 'count' },
      ExpressionAttributeValues: { ':status': 'on', ':now': 5, ':one': 1 },
    };
    await put({ sk: 'a', kept: true, first: 3, count: 1 });
    expect(await update('a', setting)).toBe('done');
    expect(await get('a')).toEqual({ sk: 'a', kept: true, status: 'on', first: 3, count: 2 });
    expect(await update('b', setting)).toBe('done');
    expect(await get('b')).toEqual({ sk: 'b', status: 'on', first: 5, count: 1 });
    const exists = { ConditionExpression: 'attribute_exists(#status) AND #status = :status' };
    expect(await update('c', { ...setting, ...exists })).toBe('ConditionalCheckFailedException');
    expect(await get('c')).toBeUndefined();
  });

  it('finds items by their sort key, forwards and backwards, page by page', async () => {
    const { pk, put, query } = partition();
    for (const sk of ['a#2', 'b#1', 'a#1', 'a#10', 'c']) await put({ sk, even: sk.endsWith('0') });
    const keys = async (given: Partial<QueryCommandInput>) => (await query(given)).Items?.map(({ sk }) => sk);
    expect(await keys({})).toEqual(['a#1', 'a#10', 'a#2', 'b#1', 'c']);
    expect(await keys({ ScanIndexForward: false })).toEqual(['c', 'b#1', 'a#2', 'a#10', 'a#1']);
    const { ExpressionAttributeValues, ...range } = between('a#10', 'b#1');
    const values = { ':pk': pk, ...ExpressionAttributeValues };
    expect(await keys({ ...range, ExpressionAttributeValues: values })).toEqual(['a#10', 'a#2', 'b#1']);
    const first = await query({ Limit: 3 });
    expect(first.Items?.map(({ sk }) => sk)).toEqual(['a#1', 'a#10', 'a#2']);
    const { LastEvaluatedKey: ExclusiveStartKey } = first;
    expect(await keys({ ExclusiveStartKey })).toEqual(['b#1', 'c']);
  });

  it('applies a filter after the limit', async () => {
    const { pk, put, query } = partition();
    for (const sk of ['a', 'b', 'c']) await put({ sk, minute: sk === 'a' ? 9 : 1 });
    const { Items = [], LastEvaluatedKey } = await query({
      Limit: 2,
      FilterExpression: '#minute < :until',
      ExpressionAttributeNames: { '#pk': 'pk', '#minute': 'minute' },
      ExpressionAttributeValues: { ':pk': pk, ':until': 5 },
    });
    expect([Items.map(({ sk }) => sk), LastEvaluatedKey?.sk]).toEqual([['b'], 'b']);
  });

  it('holds in the index what has its keys, and no more once it has lost them', async () => {
    const { pk, put, query } = partition();
    const onIndex = {
      IndexName: 'gsi1',
      ConsistentRead: false,
      ExpressionAttributeNames: { '#pk': 'gsi1pk' },
      ExpressionAttributeValues: { ':pk': pk },
    };
    const listed = async () => (await query(onIndex)).Items?.map(({ sk }) => sk);
    await put({ sk: 'a', gsi1pk: pk, gsi1sk: '2' });
    await put({ sk: 'b', gsi1pk: pk, gsi1sk: '1' });
    await put({ sk: 'c' });
    expect(await listed()).toEqual(['b', 'a']);
    await put({ sk: 'b' });
    expect(await listed()).toEqual(['a']);
    await expect(query({ ...onIndex, ConsistentRead: true })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('carries a transaction out whole or not at all, and says which condition failed', async () => {
    const { put, get, transact } = partition();
    await put({ sk: 'a', revision: 1 });
    const failing = [
      putting({ sk: 'b' }),
      putting({ sk: 'a', revision: 3 }, isRevision(2)),
      putting({ sk: 'c' }, isNew),
    ];
    expect(await transact(failing)).toBe('TransactionCanceledException None ConditionalCheckFailed None');
    expect([await get('a'), await get('b'), await get('c')]).toEqual([{ sk: 'a', revision: 1 }, undefined, undefined]);
    const passing = [putting({ sk: 'b' }, isNew), checking('a', isRevision(1))];
    expect(await transact(passing)).toBe('done');
    expect(await transact(passing)).toBe('TransactionCanceledException ConditionalCheckFailed None');
    expect(await get('b')).toEqual({ sk: 'b' });
  });

  it('refuses a transaction that touches an item twice', async () => {
    const { get, transact } = partition();
    expect(await transact([putting({ sk: 'a' }), checking('a', isRevision(1))])).toBe('ValidationException');
    expect(await get('a')).toBeUndefined();
  });
};
