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

/** Nothing is known of the members of these. */
const isWhole = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Set;

/**
 * The value as DynamoDB and its client can hold it: a number too near to 0, such as the p-value of 450 cases against
 * none, is 0. The client builds objects by assignment, by which a member `__proto__`, such as a class of that name,
 * would be lost: it is kept with a backslash in front.
 */
const toStored = (value: unknown): unknown => {
  if (typeof value === 'number') return Math.abs(value) < smallestMagnitude ? 0 : value;
  if (Array.isArray(value)) return value.map(toStored);
  if (isWhole(value)) return value;
  const members = Object.entries(value as object);
  return Object.fromEntries(
    members.map(([name, member]) => [name.replace(/^\\*__proto__$/, '\\$&'), toStored(member)]),
  );
};

/** What was stored, with its members called as they were. */
const fromStored = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromStored);
  if (isWhole(value)) return value;
  const members = Object.entries(value as object);
  return Object.fromEntries(
    members.map(([name, member]) => [name.replace(/^\\(\\*__proto__)$/, '$1'), fromStored(member)]),
  );
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
    (next) => async (call) => {
      const { output, ...result } = await next({ ...call, input: toStored(call.input) as typeof call.input });
      return { ...result, output: fromStored(output) as typeof output };
    },
    { step: 'initialize', name: 'keepValues' },
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
