import { setTimeout as delay } from 'node:timers/promises';

/** Work that is done again and again until it is stopped. */
export type Repeated = {
  /** Resolves when the work that is under way is done; none begins after it. */
  stop(): Promise<void>;
};

/**
 * Does `work` every so many seconds, never twice at a time.
 *
 * @param work must not reject
 */
export function repeatedly(everySeconds: number, work: () => Promise<void>): Repeated {
  const stopped = new AbortController();
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await delay(everySeconds * 1000, undefined, { signal: stopped.signal }).catch(() => {});
      if (!stopped.signal.aborted) {
        await work();
      }
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await loop;
    },
  };
}
