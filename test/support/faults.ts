/** What goes wrong at a call of AWS: it was never sent, or it was carried out and nobody heard of it. */
export type Fault = 'before' | 'after';

/** A process ended in the middle of its work. */
class Crash extends Error {
  override readonly name = 'Crash';
}

/** Whether it was a fault that was laid; whoever called AWS may have wrapped it. */
export const isCrash = (error: unknown): boolean =>
  error instanceof Crash || (error instanceof Error && isCrash(error.cause));

/** An AWS SDK client, as far as a fault is concerned. */
interface FaultyClient {
  readonly middlewareStack: {
    addRelativeTo(
      // biome-ignore lint/suspicious/noExplicitAny: the same for the inputs and outputs of every command.
      middleware: (next: (call: any) => Promise<any>) => (call: any) => Promise<any>,
      options: { name: string; relation: 'before'; toMiddleware: string },
    ): void;
  };
}

/** Counts the calls of some clients, and breaks off at one of them. */
export interface Faults {
  /** Calls since `arm`. */
  readonly calls: () => number;
  /** @param call - at which it goes wrong, from 1; 0: at none */
  readonly arm: (call: number, fault: Fault) => void;
}

/** Lays faults into the clients, outside of their own retries. */
export const layFaults = (...clients: readonly unknown[]): Faults => {
  let calls = 0;
  let armed: { call: number; fault: Fault } = { call: 0, fault: 'before' };
  for (const client of clients as readonly FaultyClient[]) {
    client.middlewareStack.addRelativeTo(
      (next) => async (call) => {
        calls += 1;
        const { call: at, fault } = armed;
        const strikes = calls === at;
        if (strikes && fault === 'before') throw new Crash('before the call');
        const answer = await next(call);
        if (strikes) throw new Crash('after the call');
        return answer;
      },
      { name: 'relearnFaults', relation: 'before', toMiddleware: 'retryMiddleware' },
    );
  }
  return {
    calls: () => calls,
    arm: (call, fault) => {
      calls = 0;
      armed = { call, fault };
    },
  };
};
