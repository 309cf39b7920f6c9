import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let table: Table;

beforeAll(async () => {
  services = await startTestServices();
  table = openTable(services.tableName);
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

const roundTrip = async (value: unknown): Promise<unknown> => {
  const key = { pk: 'tenant#acme', sk: 'value' };
  await table.client.send(new PutCommand({ TableName: table.table, Item: { ...key, value } }));
  const { Item } = await table.client.send(new GetCommand({ TableName: table.table, Key: key, ConsistentRead: true }));
  return Item?.value;
};

describe('the table gives back what was stored', () => {
  test('of numbers, to the last bit, within what DynamoDB holds', async () => {
    const size = fc.double({ min: 1e-125, max: 1e125, noNaN: true });
    const number = fc.oneof(
      size,
      size.map((value) => -value),
      fc.constantFrom(0, 2 ** 53, -(2 ** 60), 1e17, 0.1),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(number, { maxLength: 20 }), async (numbers) => {
        expect(await roundTrip({ numbers })).toEqual({ numbers });
      }),
      { numRuns: 25 },
    );
  });

  test('of numbers nearer to 0 than DynamoDB holds, as 0', async () => {
    const value = { chances: [1e-131, -5e-324, 1e-130], p: { value: 0.5 ** 448 }, name: '1e-200' };
    expect(await roundTrip(value)).toEqual({ chances: [0, 0, 1e-130], p: { value: 0 }, name: '1e-200' });
  });

  test.each([
    [{ constructor: { kind: 'feature' }, toString: 'text' }],
    [JSON.parse('{ "__proto__": 1, "nested": [{ "__proto__": { "__proto__": "deep" }, "constructor": 2 }] }')],
    [JSON.parse(String.raw`{ "\\__proto__": 1, "\\\\__proto__": 2 }`)],
    [{ '': [], empty: '', nothing: null, yes: true, nested: [[{ a: [1] }]] }],
  ])('of objects, whatever their members are called: %j', async (value) => {
    expect(await roundTrip(value)).toEqual(value);
  });

  test('without members that have no value', async () => {
    expect(await roundTrip({ a: undefined, b: 1 })).toEqual({ b: 1 });
  });
});
