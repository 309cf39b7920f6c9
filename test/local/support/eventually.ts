import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `look` until it gives something.
 *
 * @throws Error where it has given nothing for `seconds`
 */
export async function eventually<Result>(
  look: () => Promise<Result | undefined | false>,
  seconds = 45,
): Promise<Result> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    const result = await look();
    if (result !== undefined && result !== false) {
      return result;
    }
    await delay(50);
  }
  throw new Error(`expected something within ${seconds} s, and got nothing from ${look}`);
}
