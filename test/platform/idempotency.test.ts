import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Problem } from '../../functions/platform/errors.ts';
import { type Idempotency, openIdempotency } from '../../functions/platform/idempotency.ts';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

const second = 1000;
const day = 86_400 * second;

let services: TestServices;
let table: Table;
let idempotency: Idempotency;
let now: number;
let tenant: string;
let tenants = 0;
let done: number;

beforeAll(async () => {
  services = await startTestServices();
  table = openTable(services.tableName);
  idempotency = openIdempotency(table, { now: () => now });
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

beforeEach(() => {
  tenants += 1;
  tenant = `tenant-${tenants}`;
  now = Date.parse('2026-01-01T00:00:00.000Z');
  done = 0;
});

/** Work that counts how often it was done. */
const work = async () => {
  done += 1;
  return { status: 201, body: { done } };
};
const request = { body: { name: 'Ada Lovelace' } };
const call = (given: { key?: string; request?: unknown; work?: () => Promise<unknown> } = {}) =>
  idempotency.once(tenant, given.key ?? 'key', given.request ?? request, given.work ?? work);

/** Work that does not end before it is told to. */
const slowWork = () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    end,
    work: async () => {
      await ended;
      return work();
    },
  };
};

describe('a repeated call', () => {
  test('gets the first answer, and the work is done once', async () => {
    const first = await call();
    expect(await call()).toEqual(first);
    now += day - second;
    expect(await call()).toEqual(first);
    expect(first).toEqual({ status: 201, body: { done: 1 } });
    expect(done).toBe(1);
  });

  test('with the members of its request in another order is the same call', async () => {
    await call({ request: { a: 1, b: 2 } });
    await call({ request: { b: 2, a: 1 } });
    expect(done).toBe(1);
  });

  test('for another request is refused', async () => {
    await call();
    await expect(call({ request: { body: {} } })).rejects.toMatchObject({ code: 'idempotency-mismatch' });
    expect(done).toBe(1);
  });

  test('of another tenant, or with another key, is another call', async () => {
    await call();
    await call({ key: 'other' });
    tenant = `${tenant}-other`;
    await call();
    expect(done).toBe(3);
  });

  test('while the first is at work is asked to wait', async () => {
    const slow = slowWork();
    const first = call({ work: slow.work });
    while ((await items()).length === 0);
    await expect(call()).rejects.toMatchObject({ code: 'conflict' });
    slow.end();
    expect(await first).toEqual({ status: 201, body: { done: 1 } });
  });

  test('after a day is a new call, also before the table has cleaned up', async () => {
    await call();
    now += day + second;
    await call({ request: { body: 'another' } });
    expect(done).toBe(2);
  });
});

describe('a call that fails', () => {
  test('leaves the key free', async () => {
    const failing = async () => {
      throw new Problem('conflict', 'not now');
    };
    await expect(call({ work: failing })).rejects.toThrow('not now');
    expect(await call()).toEqual({ status: 201, body: { done: 1 } });
  });

  test('by a crash leaves it free after a while', async () => {
    const slow = slowWork();
    const crashed = call({ work: slow.work });
    while ((await items()).length === 0);
    now += 29 * second;
    await expect(call()).rejects.toMatchObject({ code: 'conflict' });
    now += 2 * second;
    expect(await call()).toEqual({ status: 201, body: { done: 1 } });
    slow.end();
    expect(await crashed).toEqual({ status: 201, body: { done: 2 } });
    expect(await call()).toEqual({ status: 201, body: { done: 1 } });
  });

  test('late does not free a key that another call has taken over', async () => {
    const slow = slowWork();
    const late = call({
      work: async () => {
        await slow.work();
        throw new Error('late');
      },
    });
    while ((await items()).length === 0);
    now += 31 * second;
    await call();
    slow.end();
    await expect(late).rejects.toThrow('late');
    expect(await call()).toEqual({ status: 201, body: { done: 1 } });
  });
});

/** Everything that is stored of the tenant's calls. */
const items = async () => {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `tenant#${tenant}#idempotency` },
      ConsistentRead: true,
    }),
  );
  return Items;
};

test('what is stored tells neither the key nor the request, and is deleted after a day', async () => {
  await call({ key: 'my-own-key' });
  const [item, ...others] = await items();
  expect(others).toEqual([]);
  expect(item).toMatchObject({ ttl: (now + day) / second });
  expect(JSON.stringify(item)).not.toMatch(/my-own-key|Lovelace/);
  await call({ key: 'another-key' });
  expect(new Set((await items()).map((stored) => stored.request)).size).toBe(2);
});
