/**
 * Faults in the middleware stack of the SDK, where AWS itself would cause them:
 *
 *     before      the process ended before the call was sent
 *     after       the call was carried out, and the process ended before it heard of it
 *     throttle    refused once; the SDK tries again by itself
 *     timeout     carried out, but the answer came too late, so that the SDK sends it again
 *     duplicate   delivered twice; the first answer is heard
 *     stale       a read that is not consistent answers as it did before its answer last changed
 */
export const faultKinds = ['before', 'after', 'throttle', 'timeout', 'duplicate', 'stale'] as const;
export type Fault = (typeof faultKinds)[number];

/** A process ended in the middle of its work. */
class Crash extends Error {
  override readonly name = 'Crash';
}

/** Whether it was a fault that was laid; whoever called AWS may have wrapped it. */
export const isCrash = (error: unknown): boolean =>
  error instanceof Crash || (error instanceof Error && isCrash(error.cause));

// biome-ignore lint/suspicious/noExplicitAny: the same for the inputs and outputs of every command.
type Next = (call: any) => Promise<any>;

/** What the SDK keeps of one call on its way through the stack. */
interface Context {
  readonly commandName?: string;
  /** What strikes its first try. */
  relearnFault?: Fault | undefined;
  /** Of a transaction that was carried out, as its token says. */
  relearnAnswer?: object;
}

/** An AWS SDK client, as far as a fault is concerned. */
interface FaultyClient {
  readonly middlewareStack: {
    addRelativeTo(
      middleware: (next: Next, context: Context) => Next,
      options: { name: string; relation: 'before' | 'after'; toMiddleware: string },
    ): void;
  };
}

/** A class of clients, whose instances a function may make for itself. */
interface ClientClass {
  readonly prototype: { send: (this: FaultyClient, ...given: unknown[]) => unknown };
}

/** Counts the calls of some clients, and breaks one of them. */
export interface Faults {
  /** Calls since `arm`. */
  readonly calls: () => number;
  /** Whether the call that was named came, and the fault struck it: only a read whose answer has changed can be stale. */
  readonly struck: () => boolean;
  /** @param call - at which it goes wrong, from 1; 0: at none; `every`: at each of them */
  readonly arm: (call: number | 'every', fault: Fault) => void;
}

/** Reads that AWS may answer from before the last write. */
const mayBeStale = (commandName: string, { ConsistentRead }: { ConsistentRead?: boolean }): boolean =>
  ['DescribeExecutionCommand', 'DescribeAlarmsCommand'].includes(commandName) ||
  (['QueryCommand', 'GetItemCommand', 'BatchGetItemCommand'].includes(commandName) && ConsistentRead !== true);

const named = (name: string): Error => Object.assign(new Error(name), { name, $metadata: {}, $fault: 'server' });

/** Breaks the first try of a call, within the retries of the SDK. */
const breakTry = async (fault: Fault | undefined, send: () => ReturnType<Next>): ReturnType<Next> => {
  if (fault === 'throttle') throw named('ThrottlingException');
  const answer = await send();
  if (fault === 'timeout') {
    answer.output?.Body?.destroy?.();
    throw named('TimeoutError');
  }
  if (fault === 'duplicate') await send();
  return answer;
};

/**
 * The SDK gives a transaction a token, under which DynamoDB carries it out once and answers alike. The emulator compares
 * the whole request as well, after it has changed its own copy of it; so the second time it is not asked.
 */
const sendOnce = async (context: Context, send: () => ReturnType<Next>): ReturnType<Next> => {
  if (context.commandName !== 'TransactWriteItemsCommand') return send();
  context.relearnAnswer ??= await send();
  return { ...context.relearnAnswer };
};

interface Remembered {
  readonly answer: object;
  /** What it says: not when, and under which number. */
  readonly content: string;
}

/** The answers of reads that may be stale, by what was asked: the last one, and the last that said something else. */
const rememberReads = () => {
  const known = new Map<string, { readonly last: Remembered; readonly before?: Remembered | undefined }>();
  // biome-ignore lint/suspicious/noExplicitAny: the same for the inputs of every command.
  const keyOf = ({ commandName = '' }: Context, { input }: any): string | undefined =>
    mayBeStale(commandName, input) ? `${commandName} ${JSON.stringify(input)}` : undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the same for the outputs of every command.
  const contentOf = ({ output: { $metadata: _, ...content } }: any): string => JSON.stringify(content);
  return {
    /** Whoever takes an answer changes it, so a copy is kept. @returns what was answered before it changed, if it did */
    keep: (context: Context, call: object, answer: object): object | undefined => {
      const key = keyOf(context, call);
      if (key === undefined) return undefined;
      const found = known.get(key);
      const last = { answer: { ...answer }, content: contentOf(answer) };
      const before = found?.last.content === last.content ? found.before : found?.last;
      known.set(key, { last, before });
      return before === undefined ? undefined : { ...before.answer };
    },
  };
};

/** The call is carried out, whatever comes of it, and the process ends. */
const crashAfter = async (sent: Promise<unknown>): Promise<never> => {
  await sent.catch(() => undefined);
  throw new Crash('after the call');
};

const isClass = (target: unknown): target is ClientClass => typeof target === 'function';

/** @param targets - clients, or classes of clients that functions make for themselves */
export const layFaults = (...targets: readonly unknown[]): Faults => {
  let calls = 0;
  let struck = false;
  let armed: { call: number | 'every'; fault: Fault } = { call: 0, fault: 'before' };
  const reads = rememberReads();

  /** @returns what is to strike the next call, if anything is */
  const next = (): Fault | undefined => {
    calls += 1;
    return armed.call === 'every' || armed.call === calls ? armed.fault : undefined;
  };
  /** The whole call, with all its tries. */
  const outer = (send: Next, context: Context): Next => {
    return async (call) => {
      const fault = next();
      struck ||= fault !== undefined && fault !== 'stale';
      if (fault === 'before') throw new Crash('before the call');
      if (fault === 'after') return crashAfter(send(call));
      context.relearnFault = fault;
      const answer = await send(call);
      const old = reads.keep(context, call, answer);
      if (fault !== 'stale' || old === undefined) return answer;
      struck = true;
      return old;
    };
  };
  const inner = (send: Next, context: Context): Next => {
    return (call) => {
      const { relearnFault } = context;
      context.relearnFault = undefined;
      return breakTry(relearnFault, () => sendOnce(context, () => send(call)));
    };
  };
  const lay = ({ middlewareStack }: FaultyClient): void => {
    const toMiddleware = 'retryMiddleware';
    middlewareStack.addRelativeTo(outer, { name: 'relearnFaults', relation: 'before', toMiddleware });
    middlewareStack.addRelativeTo(inner, { name: 'relearnFaultyTry', relation: 'after', toMiddleware });
  };
  for (const target of targets) {
    if (isClass(target)) layOnFirstUse(target, lay);
    else lay(target as FaultyClient);
  }
  return {
    calls: () => calls,
    struck: () => struck,
    arm: (call, fault) => {
      calls = 0;
      struck = false;
      armed = { call, fault };
    },
  };
};

/** Lays faults into each instance of a class when it is used first. */
const layOnFirstUse = ({ prototype }: ClientClass, lay: (client: FaultyClient) => void): void => {
  const laid = new WeakSet<FaultyClient>();
  const { send } = prototype;
  prototype.send = function (this: FaultyClient, ...given: unknown[]): unknown {
    if (!laid.has(this)) {
      laid.add(this);
      lay(this);
    }
    return send.apply(this, given);
  };
};

/** @returns the calls of a piece of work that goes well */
export const countCalls = async (faults: Faults, work: () => Promise<unknown>): Promise<number> => {
  faults.arm(0, 'before');
  await work();
  return faults.calls();
};

/** Does a piece of work in a process that ends in the middle of it. @throws Error where it comes to its end */
type CrashWork = (work: () => Promise<unknown>) => Promise<void>;

/**
 * Ends a process before and after each call of its work, one at a time. Whatever is done after the crash goes well.
 *
 * @param calls - of the work
 * @param run - one time, from the beginning
 */
export const eachCrash = async (
  faults: Faults,
  calls: number,
  run: (crash: CrashWork) => Promise<void>,
): Promise<void> => {
  for (const fault of ['before', 'after'] as const) {
    for (let call = 1; call <= calls; call += 1) {
      await run(async (work) => {
        faults.arm(call, fault);
        const outcome = await work().catch((error: unknown) => error);
        faults.arm(0, 'before');
        if (!isCrash(outcome)) throw new Error(`Expected a crash ${fault} call ${call} of ${calls}, got ${outcome}.`);
      });
    }
  }
};
