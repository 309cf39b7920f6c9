import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * The one table. Attributes `pk` and `sk`, and one index `gsi1` over `gsi1pk` and `gsi1sk`;
 * every partition key begins with `tenant#`.
 */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
}

/** DynamoDB refuses numbers that are nearer to 0. */
const smallestMagnitude = 1e-130;

/** The value as DynamoDB can hold it: a number too near to 0, such as the p-value of 450 cases against none, is 0. */
const flushedToZero = (value: unknown): unknown => {
  if (typeof value === 'number') return Math.abs(value) < smallestMagnitude ? 0 : value;
  if (Array.isArray(value)) return value.map(flushedToZero);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Set) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, flushedToZero(member)]));
};

/**
 * Opens the table with the function's own role. Without the options, a number beyond 2^53 that somebody sent fails to be
 * written, or comes back as a bigint; and so does an object with a member of the name `constructor`.
 */
export const openTable = (name: string): Table => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true, convertClassInstanceToMap: true },
    unmarshallOptions: { wrapNumbers: Number },
  });
  client.middlewareStack.add(
    (next) => (call) => next({ ...call, input: flushedToZero(call.input) as typeof call.input }),
    {
      step: 'initialize',
      name: 'flushToZero',
    },
  );
  return { client, table: name };
};

/** The key templates that entities share; ElectroDB composes them. */
export const partition = {
  ofTenant: (what: string) => ({
    field: 'pk',
    composite: ['tenant'] as const,
    template: `tenant#\${tenant}#${what}` as const,
    casing: 'none' as const,
  }),
  ofModel: {
    field: 'pk',
    composite: ['tenant', 'model'] as const,
    template: 'tenant#${tenant}#model#${model}',
    casing: 'none' as const,
  },
} as const;
