/** Where the embedded cloud tells a person what it does: one line at a time, without a line end. */
export type Log = (line: string) => void;

/** Nobody should wait longer than two seconds without a sign of life. */
const talkEveryMilliseconds = 1_800;

/**
 * Awaits `work` and logs `doing … N s` every now and then until it settles.
 *
 * @param doing what a person waits for; a function where that changes on the way
 * @returns what `work` resolves to; rejects as `work` does
 */
export async function keepTalking<Result>(
  log: Log,
  doing: string | (() => string),
  work: Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    log(`${typeof doing === 'string' ? doing : doing()} … ${seconds} s`);
  }, talkEveryMilliseconds);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
