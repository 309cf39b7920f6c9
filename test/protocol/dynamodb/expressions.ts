/**
 * DynamoDB's condition, key condition, filter and update expressions, as far as the project's stores send them.
 * What is not known is an error, so that no condition is passed over.
 *
 * Grammar: docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */

type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Item = { readonly [attribute: string]: Value };

/** What an expression is read with. */
export interface Bindings {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, Value>> | undefined;
}

type Operand = (item: Item, bindings: Bindings) => Value | undefined;
type Condition = (item: Item, bindings: Bindings) => boolean;
type Update = (item: Item, bindings: Bindings) => Item;

const token = /\s*(#[\w]+|:[\w]+|[A-Za-z_]\w*|<=|>=|<>|[=<>(),.+-])/y;

const tokensOf = (expression: string): string[] => {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < expression.trimEnd().length) {
    const at = token.lastIndex;
    const found = token.exec(expression)?.[1];
    if (found === undefined) throw new Error(`Expected an expression of DynamoDB, got ${expression.slice(at)}.`);
    tokens.push(found);
  }
  return tokens;
};

const comparators: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '=': (left, right) => JSON.stringify(left) === JSON.stringify(right),
  '<': (left, right) => typeof left === typeof right && (left as number) < (right as number),
  '<=': (left, right) => typeof left === typeof right && (left as number) <= (right as number),
  '>': (left, right) => typeof left === typeof right && (left as number) > (right as number),
  '>=': (left, right) => typeof left === typeof right && (left as number) >= (right as number),
};

/** Reads an expression from left to right. */
class Reader {
  private readonly tokens: readonly string[];
  private readonly expression: string;
  private at = 0;

  constructor(expression: string) {
    this.expression = expression;
    this.tokens = tokensOf(expression);
  }

  get done(): boolean {
    return this.at === this.tokens.length;
  }

  /** Whether the next token is this word, which is then read. */
  accept(word: string): boolean {
    if (this.tokens[this.at]?.toUpperCase() !== word) return false;
    this.at += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.accept(word)) throw this.unknown();
  }

  unknown(): Error {
    const rest = this.tokens.slice(this.at).join(' ');
    return new Error(`Expected an expression that the in-memory table knows, got "${rest}" in "${this.expression}".`);
  }

  or(): Condition {
    const left = this.and();
    if (!this.accept('OR')) return left;
    const right = this.or();
    return (item, bindings) => left(item, bindings) || right(item, bindings);
  }

  private and(): Condition {
    const left = this.not();
    if (!this.accept('AND')) return left;
    const right = this.and();
    return (item, bindings) => left(item, bindings) && right(item, bindings);
  }

  private not(): Condition {
    if (this.accept('NOT')) {
      const negated = this.not();
      return (item, bindings) => !negated(item, bindings);
    }
    if (this.accept('(')) {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    return this.test() ?? this.comparison();
  }

  private test(): Condition | undefined {
    const name = ['ATTRIBUTE_EXISTS', 'ATTRIBUTE_NOT_EXISTS', 'BEGINS_WITH'].find((known) => this.accept(known));
    if (name === undefined) return undefined;
    this.expect('(');
    const operand = this.operand();
    const prefix = name === 'BEGINS_WITH' ? this.second() : undefined;
    this.expect(')');
    if (prefix === undefined) {
      const wanted = name === 'ATTRIBUTE_EXISTS';
      return (item, bindings) => (operand(item, bindings) !== undefined) === wanted;
    }
    return (item, bindings) => String(operand(item, bindings) ?? '').startsWith(String(prefix(item, bindings)));
  }

  private second(): Operand {
    this.expect(',');
    return this.operand();
  }

  private comparison(): Condition {
    const left = this.operand();
    if (this.accept('BETWEEN')) {
      const low = this.operand();
      this.expect('AND');
      const high = this.operand();
      return (item, bindings) =>
        compare('>=', left(item, bindings), low(item, bindings)) &&
        compare('<=', left(item, bindings), high(item, bindings));
    }
    const comparator = Object.keys(comparators).find((known) => this.accept(known));
    if (comparator === undefined) throw this.unknown();
    const right = this.operand();
    return (item, bindings) => compare(comparator, left(item, bindings), right(item, bindings));
  }

  /** The attribute's name: paths into an attribute are not known. */
  attribute(): (bindings: Bindings) => string {
    const name = this.tokens[this.at] ?? '';
    if (!/^(#\w+|[A-Za-z_]\w*)$/.test(name) || this.tokens[this.at + 1] === '.') throw this.unknown();
    this.at += 1;
    if (!name.startsWith('#')) return () => name;
    return ({ ExpressionAttributeNames: names }) => bound(names, name);
  }

  operand(): Operand {
    const name = this.tokens[this.at] ?? '';
    if (name.startsWith(':')) {
      this.at += 1;
      return (_, { ExpressionAttributeValues: values }) => bound(values, name);
    }
    if (this.accept('IF_NOT_EXISTS')) {
      this.expect('(');
      const attribute = this.operand();
      const otherwise = this.second();
      this.expect(')');
      return (item, bindings) => attribute(item, bindings) ?? otherwise(item, bindings);
    }
    const attribute = this.attribute();
    return (item, bindings) => item[attribute(bindings)];
  }

  update(): Update {
    const steps: Update[] = [];
    while (!this.done) steps.push(...this.clause());
    return (item, bindings) => Object.assign({ ...item }, ...steps.map((step) => step(item, bindings)));
  }

  private clause(): Update[] {
    const kind = ['SET', 'ADD'].find((known) => this.accept(known));
    if (kind === undefined) throw this.unknown();
    const steps: Update[] = [];
    do steps.push(kind === 'SET' ? this.assignment() : this.addition());
    while (this.accept(','));
    return steps;
  }

  private assignment(): Update {
    const attribute = this.attribute();
    this.expect('=');
    const first = this.operand();
    const sign = this.accept('+') ? 1 : this.accept('-') ? -1 : 0;
    if (sign === 0) return (item, bindings) => ({ [attribute(bindings)]: first(item, bindings) as Value });
    const second = this.operand();
    return (item, bindings) => ({
      [attribute(bindings)]: Number(first(item, bindings)) + sign * Number(second(item, bindings)),
    });
  }

  private addition(): Update {
    const attribute = this.attribute();
    const amount = this.operand();
    return (item, bindings) => {
      const name = attribute(bindings);
      return { [name]: Number(item[name] ?? 0) + Number(amount(item, bindings)) };
    };
  }
}

/** An attribute that is missing compares with nothing. */
const compare = (comparator: string, left: Value | undefined, right: Value | undefined): boolean =>
  left !== undefined && right !== undefined && (comparators[comparator]?.(left, right) ?? false);

const bound = <Bound>(bindings: Readonly<Record<string, Bound>> | undefined, name: string): Bound => {
  const found = bindings?.[name];
  if (found === undefined) throw new Error(`Expected ${name} to be bound to something, found it bound to nothing.`);
  return found;
};

/** The stores send the same few expressions over and over. */
const remembered = <Read>(read: (expression: string) => Read): ((expression: string) => Read) => {
  const known = new Map<string, Read>();
  return (expression) => {
    const before = known.get(expression);
    if (before !== undefined) return before;
    const now = read(expression);
    known.set(expression, now);
    return now;
  };
};

const finished = <Read>(reader: Reader, read: Read): Read => {
  if (!reader.done) throw reader.unknown();
  return read;
};

const readCondition = remembered((expression): Condition => {
  const reader = new Reader(expression);
  return finished(reader, reader.or());
});

const readUpdate = remembered((expression): Update => {
  const reader = new Reader(expression);
  return finished(reader, reader.update());
});

/** @param item - as it is stored; one that is missing has no attributes */
export const holds = (expression: string | undefined, item: Item | undefined, bindings: Bindings): boolean =>
  expression === undefined || readCondition(expression)(item ?? {}, bindings);

/** @returns the item after the update */
export const updated = (expression: string, item: Item, bindings: Bindings): Item =>
  readUpdate(expression)(item, bindings);
