/**
 * One DynamoDB table in memory, with the keys and the index that the project's table has. It takes the commands of the
 * document client which the stores send, evaluates their expressions and answers as DynamoDB does, errors included; the
 * conformance suite holds it and the emulator to the same. What it does not know, it refuses.
 */
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type {
  GetCommandInput,
  PutCommandInput,
  QueryCommandInput,
  TransactWriteCommandInput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { type Bindings, holds, type Item, updated } from './expressions.ts';

/** A command of the document client. */
export interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** What a command asks for, such as `Put`. A bundle may number classes of the same name. */
export const kindOf = ({ constructor: { name } }: Command): string => name.replace(/Command\d*$/, '');

/** Writes that a read may lag behind; reads that ask for consistency never do, reads of the index always may. */
type Lag = number;

type Items = ReadonlyMap<string, Item>;
type Condition = Bindings & { readonly ConditionExpression?: string | undefined };
type Conditional = Condition & { readonly key: string; readonly next?: (item: Item | undefined) => Item };

const metadata = { $metadata: {} };
const keyOf = ({ pk, sk }: Record<string, unknown>): string => `${pk}\n${sk}`;
/** As it is stored: its own copy, without what is undefined. */
const stored = (item: object): Item => frozen(JSON.parse(JSON.stringify(item)));

/** Nobody changes what was read: readers share it. */
const frozen = <Thing>(thing: Thing): Thing => {
  if (typeof thing !== 'object' || thing === null) return thing;
  for (const member of Object.values(thing)) frozen(member);
  return Object.freeze(thing);
};

const knownMembers: Readonly<Record<string, readonly string[]>> = {
  Get: ['TableName', 'Key', 'ConsistentRead'],
  Put: ['Item', 'ConditionExpression'],
  Update: ['Key', 'UpdateExpression', 'ConditionExpression', 'ReturnValues'],
  Delete: ['Key', 'ConditionExpression'],
  Query: [
    ...['IndexName', 'KeyConditionExpression', 'FilterExpression', 'Limit', 'ExclusiveStartKey'],
    ...['ScanIndexForward', 'ConsistentRead'],
  ],
  TransactWrite: ['TransactItems', 'ClientRequestToken'],
};
const alwaysKnown = ['TableName', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];

/** @throws Error where a command asks for what the table does not know */
const assertKnown = (name: string, input: object): void => {
  const known = [...(knownMembers[name] ?? []), ...alwaysKnown];
  const strange = Object.entries(input).find(([member, value]) => value !== undefined && !known.includes(member));
  if (knownMembers[name] !== undefined && strange === undefined) return;
  throw new Error(`Expected a command that the in-memory table knows, got ${name} with ${strange?.[0] ?? 'anything'}.`);
};

const validation = (message: string): Error => Object.assign(new Error(message), { name: 'ValidationException' });

export class MemoryTable {
  private readonly items = new Map<string, Item>();
  /** What each write found in its place, the last write last. */
  private readonly undo: { readonly key: string; readonly before: Item | undefined }[] = [];
  private watcher: (items: readonly Item[]) => void = () => {};

  /** Starts with what another table holds, which is shared: items are never changed. */
  constructor(items: Items = new Map()) {
    for (const [key, item] of items) this.items.set(key, item);
  }

  /** @param watcher - is given what each command wrote, together where it was one transaction */
  watch(watcher: (items: readonly Item[]) => void): void {
    this.watcher = watcher;
  }

  /** Everything that is stored, as a reader sees it who lags some writes behind. */
  snapshot(lag: Lag = 0): Items {
    if (lag === 0) return this.items;
    const past = new Map(this.items);
    for (const { key, before } of this.undo.slice(-lag).reverse()) {
      if (before === undefined) past.delete(key);
      else past.set(key, before);
    }
    return past;
  }

  /**
   * Carries a command out at once.
   *
   * @throws ConditionalCheckFailedException, TransactionCanceledException, ValidationException
   */
  execute(command: Command, lag: Lag = 0): object {
    const { input } = command;
    const name = kindOf(command);
    assertKnown(name, input);
    switch (name) {
      case 'Get':
        return this.get(input as GetCommandInput, lag);
      case 'Query':
        return this.query(input as QueryCommandInput, lag);
      case 'TransactWrite':
        return this.transact((input as TransactWriteCommandInput).TransactItems ?? []);
      default:
        return this.write(actionOf({ [name]: input }));
    }
  }

  private get({ Key = {}, ConsistentRead = false }: GetCommandInput, lag: Lag): object {
    const found = this.snapshot(ConsistentRead ? 0 : lag).get(keyOf(Key));
    return found === undefined ? {} : { Item: found };
  }

  private query(input: QueryCommandInput, lag: Lag): object {
    const { IndexName, ConsistentRead = false, Limit = Number.POSITIVE_INFINITY, ScanIndexForward = true } = input;
    if (IndexName !== undefined && ConsistentRead) throw validation('Consistent reads are not supported on an index.');
    const [pk, sk] = IndexName === undefined ? ['pk', 'sk'] : [`${IndexName}pk`, `${IndexName}sk`];
    const order = (item: Item): string => `${item[sk]}\n${keyOf(item)}`;
    const matching = [...this.snapshot(ConsistentRead ? 0 : lag).values()]
      .filter((item) => item[pk] !== undefined && item[sk] !== undefined)
      .filter((item) => holds(input.KeyConditionExpression, item, input as Bindings))
      .sort((left, right) => (order(left) < order(right) ? -1 : 1));
    if (!ScanIndexForward) matching.reverse();
    const start = input.ExclusiveStartKey;
    const from = start === undefined ? 0 : matching.findIndex((item) => keyOf(item) === keyOf(start)) + 1;
    const page = matching.slice(from, from + Limit);
    const last = page.at(-1);
    const Items = page.filter((item) => holds(input.FilterExpression, item, input as Bindings));
    const more = last !== undefined && from + page.length < matching.length;
    const LastEvaluatedKey = last === undefined ? {} : { pk: last.pk, sk: last.sk, [pk]: last[pk], [sk]: last[sk] };
    return { Items, Count: Items.length, ...(more ? { LastEvaluatedKey } : {}) };
  }

  private write(action: Conditional): object {
    if (this.permits(action)) {
      this.store([action]);
      return {};
    }
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', ...metadata });
  }

  private transact(writes: readonly object[]): object {
    const actions = writes.map(actionOf);
    if (new Set(actions.map(({ key }) => key)).size < actions.length) {
      throw validation('Transaction request cannot include multiple operations on one item');
    }
    if (actions.length > 100) throw validation('Member must have length less than or equal to 100');
    const permitted = actions.map((action) => this.permits(action));
    if (permitted.includes(false)) {
      const CancellationReasons = permitted.map((given) => ({ Code: given ? 'None' : 'ConditionalCheckFailed' }));
      throw new TransactionCanceledException({ message: 'Transaction cancelled', ...metadata, CancellationReasons });
    }
    this.store(actions);
    return {};
  }

  private permits({ ConditionExpression, key, ...bindings }: Conditional): boolean {
    return holds(ConditionExpression, this.items.get(key), bindings);
  }

  private store(actions: readonly Conditional[]): void {
    const written = actions.flatMap(({ key, next }) => {
      if (next === undefined) return [];
      const before = this.items.get(key);
      this.undo.push({ key, before });
      const item = next(before);
      this.items.set(key, item);
      return [item];
    });
    if (written.length > 0) this.watcher(written);
  }
}

/** What one write of a transaction, or one alone, does and on what condition. */
const actionOf = (write: object): Conditional => {
  const [kind = '', input = {}] = Object.entries(write)[0] ?? [];
  assertKnown(kind === 'ConditionCheck' ? 'Delete' : kind, input);
  switch (kind) {
    case 'Put': {
      const item = stored((input as PutCommandInput).Item ?? {});
      return { ...input, key: keyOf(item), next: () => item };
    }
    case 'Update': {
      const { Key = {}, UpdateExpression = '' } = input as UpdateCommandInput;
      const next = (item: Item | undefined) =>
        stored(updated(UpdateExpression, item ?? (Key as Item), input as Bindings));
      return { ...input, key: keyOf(Key), next };
    }
    case 'ConditionCheck':
      return { ...input, key: keyOf(input.Key ?? {}) };
    default:
      throw new Error(`Expected a write that the in-memory table knows, got ${kind}.`);
  }
};
