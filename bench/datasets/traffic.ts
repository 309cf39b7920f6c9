/** What some clients sent and were given, in bytes of bodies. */
export interface Traffic {
  readonly calls: number;
  readonly written: number;
  readonly read: number;
}

interface Message {
  readonly headers?: Readonly<Record<string, string>>;
}

/** An AWS SDK client, as far as its traffic is concerned. */
interface CountedClient {
  readonly middlewareStack: {
    add(
      // biome-ignore lint/suspicious/noExplicitAny: the same for the inputs and outputs of every command.
      middleware: (next: (call: any) => Promise<any>) => (call: any) => Promise<any>,
      options: { step: 'deserialize'; name: string; priority: 'low' },
    ): void;
  };
}

const lengthOf = (message: Message | undefined): number => Number(message?.headers?.['content-length'] ?? 0);

/** Counts the traffic of clients. @returns what it came to since the last time */
export const countTraffic = (...clients: readonly CountedClient[]): (() => Traffic) => {
  let total = { calls: 0, written: 0, read: 0 };
  for (const { middlewareStack } of clients) {
    middlewareStack.add(
      (next) => async (call) => {
        const answer = await next(call);
        total = {
          calls: total.calls + 1,
          written: total.written + lengthOf(call.request),
          read: total.read + lengthOf(answer.response),
        };
        return answer;
      },
      { step: 'deserialize', name: 'benchTraffic', priority: 'low' },
    );
  }
  return () => {
    const counted = total;
    total = { calls: 0, written: 0, read: 0 };
    return counted;
  };
};
