/**
 * Interprets a state machine of `statemachines/`, as Step Functions does: the same file, the same JSONata. What it does
 * not know, it refuses. Items of a Map are processed one after another, whatever its MaxConcurrency.
 *
 * Language: docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
import jsonata, { type Expression } from 'jsonata';

/** What an execution asks of the world. */
export interface Host {
  /** Carries out a task. @throws an Error whose name is what Retry and Catch match */
  task(resource: string, input: unknown, state: string): Promise<unknown>;
  wait(seconds: number): Promise<void>;
}

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
}

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Output?: unknown;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Seconds?: unknown;
  readonly Items?: unknown;
  readonly ItemProcessor?: StateMachine;
  readonly Error?: string;
  readonly Cause?: string;
}

export interface StateMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

type Variables = Readonly<Record<string, unknown>>;
interface Position {
  readonly input: unknown;
  readonly variables: Variables;
}

/** A state of type Fail was reached. */
class FailedError extends Error {
  override readonly name: string;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

const expressions = new Map<string, Expression>();

const expressionOf = (text: string): Expression => {
  const known = expressions.get(text) ?? jsonata(text);
  expressions.set(text, known);
  return known;
};

/** Evaluates every expression within a value. */
const evaluate = async (value: unknown, variables: Variables): Promise<unknown> => {
  if (typeof value === 'string') {
    const text = /^\{%(.*)%\}$/s.exec(value)?.[1];
    if (text === undefined) return value;
    const result: unknown = await expressionOf(text).evaluate({}, variables);
    if (result === undefined) throw new FailedError('States.QueryEvaluationError', `${text} gives nothing`);
    return JSON.parse(JSON.stringify(result));
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, variables)));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(async ([name, member]) => [name, await evaluate(member, variables)]);
  return Object.fromEntries(await Promise.all(members));
};

const matches = (names: readonly string[], error: string): boolean =>
  names.includes(error) ||
  names.includes('States.ALL') ||
  (names.includes('States.TaskFailed') && error !== 'States.Timeout');

const errorOutput = (error: Error): object => ({ Error: error.name, Cause: error.message });

/** @param context - of the execution: its input */
export const interpret = (machine: StateMachine, context: unknown, host: Host): Promise<unknown> =>
  runStates(machine, { input: context, variables: {} }, context, host);

const runStates = async (machine: StateMachine, start: Position, context: unknown, host: Host): Promise<unknown> => {
  let name: string | undefined = machine.StartAt;
  let position = start;
  while (name !== undefined) {
    const state: State | undefined = machine.States[name];
    if (state === undefined) throw new Error(`Expected a state ${name}, found none.`);
    const next: { name: string | undefined; position: Position } = await runState(name, state, position, context, host);
    ({ name, position } = next);
  }
  return position.input;
};

const runState = async (name: string, state: State, position: Position, context: unknown, host: Host) => {
  const states = { input: position.input, context: { Execution: { Input: context } } };
  const bindings = { ...position.variables, states };
  const after = async (more: Variables, output: unknown, assign: State['Assign']): Promise<Position> => ({
    input: await evaluate(output, { ...bindings, states: { ...states, ...more } }),
    variables: {
      ...position.variables,
      ...((await evaluate(assign ?? {}, { ...bindings, states: { ...states, ...more } })) as Variables),
    },
  });
  try {
    if (state.Type === 'Choice') {
      return { name: await choose(state, bindings), position };
    }
    const result = await retrying(state, host, () => perform(name, state, bindings, position, context, host));
    const output = state.Output ?? '{% $states.result %}';
    return { name: state.Next, position: await after({ result: result ?? null }, output, state.Assign) };
  } catch (error) {
    const thrown = error as Error;
    const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, thrown.name));
    if (catcher === undefined) throw error;
    const more = { errorOutput: errorOutput(thrown) };
    return {
      name: catcher.Next,
      position: await after(more, catcher.Output ?? '{% $states.errorOutput %}', catcher.Assign),
    };
  }
};

const choose = async ({ Choices = [], Default }: State, bindings: Variables): Promise<string | undefined> => {
  for (const { Condition, Next } of Choices) if ((await evaluate(Condition, bindings)) === true) return Next;
  return Default;
};

const perform = async (
  name: string,
  state: State,
  bindings: Variables,
  { input, variables }: Position,
  context: unknown,
  host: Host,
): Promise<unknown> => {
  switch (state.Type) {
    case 'Task':
      return host.task(state.Resource ?? '', await evaluate(state.Arguments ?? input, bindings), name);
    case 'Wait':
      await host.wait(Number(await evaluate(state.Seconds, bindings)));
      return input;
    case 'Pass':
    case 'Succeed':
      return input;
    case 'Fail':
      throw new FailedError(state.Error ?? 'States.Failed', state.Cause ?? '');
    case 'Map': {
      const { ItemProcessor } = state;
      const results: unknown[] = [];
      if (ItemProcessor === undefined) throw new Error(`Expected ${name} to have an ItemProcessor.`);
      for (const item of (await evaluate(state.Items, bindings)) as unknown[]) {
        results.push(await runStates(ItemProcessor, { input: item, variables }, context, host));
      }
      return results;
    }
    default:
      throw new Error(`Expected a state that the interpreter knows, got ${name} of type ${state.Type}.`);
  }
};

/** Retry as the language defines it, for each retrier its own count; waits do not grow. */
const retrying = async <Result>({ Retry = [] }: State, host: Host, attempt: () => Promise<Result>): Promise<Result> => {
  const tried = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const retrier = Retry.find(({ ErrorEquals }) => matches(ErrorEquals, (error as Error).name));
      const count = retrier === undefined ? 0 : (tried.get(retrier) ?? 0);
      if (retrier === undefined || count >= (retrier.MaxAttempts ?? 3)) throw error;
      tried.set(retrier, count + 1);
      await host.wait(retrier.IntervalSeconds ?? 1);
    }
  }
};
