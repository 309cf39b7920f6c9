/**
 * Runs processes one call of AWS at a time: between two calls anything else may happen. Which process goes on, and what
 * goes wrong at which call, is decided by who drives the scheduler, so a run can be repeated.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/** What goes wrong at a call. */
export const Fault = {
  /** The process ends before the call is sent. */
  CrashBefore: 'crash-before',
  /** The call is carried out; the process ends before it hears of it. */
  CrashAfter: 'crash-after',
  /** Refused, also when the SDK tried again. */
  Throttled: 'throttled',
  /** Carried out, but the process is told of a time-out. */
  AnswerLost: 'answer-lost',
  /** Carried out twice, because the SDK's first try was answered too late; the second answer is given. */
  SentTwice: 'sent-twice',
  /** A read that need not be consistent answers what was stored some writes ago. */
  Stale: 'stale',
  /** A transaction meets another one, and is cancelled for it. */
  Conflict: 'conflict',
} as const;
export type Fault = (typeof Fault)[keyof typeof Fault];

/** The same under every wrapping, so that a caller can tell it from a defect. */
export class FaultError extends Error {
  override readonly name: string;

  constructor(name: string, call: string) {
    super(`${call}: ${name}`);
    this.name = name;
  }
}

/** The process was ended; the state machine calls it `Lambda.Unknown`. */
class CrashError extends FaultError {
  constructor(call: string) {
    super('Lambda.Unknown', call);
  }
}

/** One run of a function, or one call of a service by a state machine. */
export interface Process {
  readonly name: string;
  /** What the invariants need to know of it. */
  readonly about: Readonly<Record<string, string | undefined>>;
  /** Rejects with what the process threw, or with a CrashError. */
  readonly outcome: Promise<unknown>;
  readonly done: boolean;
}

type Effect = (fault: Fault | undefined) => unknown;

interface PendingCall {
  readonly process: Running;
  readonly name: string;
  readonly effect: Effect;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class Running implements Process {
  readonly name: string;
  readonly about: Process['about'];
  readonly outcome: Promise<unknown>;
  readonly calls: PendingCall[] = [];
  done = false;
  crash: (call: string) => void = () => {};

  constructor(name: string, about: Process['about'], begin: (self: Running) => Promise<unknown>) {
    this.name = name;
    this.about = about;
    this.outcome = new Promise((resolve, reject) => {
      this.crash = (call) => this.end(() => reject(new CrashError(call)));
      begin(this).then(
        (result) => this.end(() => resolve(result)),
        (error: unknown) => this.end(() => reject(error)),
      );
    });
    this.outcome.catch(() => {});
  }

  private end(settle: () => void): void {
    if (this.done) return;
    this.done = true;
    this.calls.length = 0;
    settle();
  }
}

/** Makes a call of the present process. */
export type Call = <Answer>(name: string, effect: (fault: Fault | undefined) => Answer) => Promise<Answer>;

export interface Scheduler {
  /** Begins a process; it stops at its first call. */
  spawn(name: string, about: Process['about'], work: () => Promise<unknown>): Process;
  /** For ports: makes a call of the present process. Outside of any process it is carried out at once. */
  readonly call: Call;
  /** Carries out one call of a process, if it waits for one. @param pick - which of those that it waits for */
  step(process: Process, fault?: Fault, pick?: number): Promise<boolean>;
  /** Ends a process where it stands. */
  kill(process: Process): void;
  /** Lets everything run on that waits for no call. */
  settle(): Promise<void>;
  /** The process that makes the present call. */
  present(): Process | undefined;
}

const refused = (name: string, call: string) => (): never => {
  throw new FaultError(name, call);
};

const attempt = (effect: () => unknown): (() => unknown) => {
  try {
    const answer = effect();
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
};

/**
 * Carries a call out, if it comes to that.
 *
 * @returns gives or throws what its process hears of it; undefined where the process hears nothing any more
 */
const perform = ({ name, effect }: PendingCall, fault: Fault | undefined): (() => unknown) | undefined => {
  if (fault === Fault.CrashBefore) return undefined;
  if (fault === Fault.Throttled) return refused('ThrottlingException', name);
  const heard = attempt(() => effect(fault));
  if (fault === Fault.CrashAfter) return undefined;
  return fault === Fault.AnswerLost ? refused('TimeoutError', name) : heard;
};

/** @param tick - is told of each call that is carried out, before it is */
export const openScheduler = (tick: (fault: Fault | undefined) => void): Scheduler => {
  const context = new AsyncLocalStorage<Running>();
  let calling: Running | undefined;

  const carryOut = (call: PendingCall, fault: Fault | undefined): void => {
    const { process, name, resolve, reject } = call;
    tick(fault);
    calling = process;
    const heard = perform(call, fault);
    calling = undefined;
    if (heard === undefined) {
      process.crash(name);
      return;
    }
    try {
      resolve(heard());
    } catch (error) {
      reject(error);
    }
  };

  return {
    present: () => calling,
    settle: () => turn(),
    kill: (process) => (process as Running).crash('killed'),
    spawn: (name, about, work) => new Running(name, about, (self) => context.run(self, work)),
    call: <Answer>(name: string, effect: (fault: Fault | undefined) => Answer) => {
      const process = context.getStore();
      if (process === undefined) return Promise.resolve(effect(undefined));
      return new Promise<Answer>((resolve, reject) => {
        // What a process does after its end is done by nobody.
        if (!process.done)
          process.calls.push({ process, name, effect, resolve: resolve as PendingCall['resolve'], reject });
      });
    },
    step: async (process, fault, pick = 0) => {
      const { calls } = process as Running;
      const [call] = calls.splice(pick % Math.max(1, calls.length), 1);
      if (call === undefined) return false;
      carryOut(call, fault);
      await turn();
      return true;
    },
  };
};
