import { setTimeout as delay } from 'node:timers/promises';

const attempts = 7;
const firstPauseMilliseconds = 25;

/** A service kept leaving items of a batch out: it is throttled, or refuses them. */
export class UnprocessedItemsError extends Error {
  override readonly name = 'UnprocessedItemsError';
}

/**
 * Repeats a batch call with what the service left out of it, after pauses that double from 50 ms.
 *
 * @param call - makes the call and gives what was left out
 * @throws UnprocessedItemsError where something is still left after seven calls
 */
export const untilProcessed = async <Item>(
  items: readonly Item[],
  call: (items: readonly Item[]) => Promise<readonly Item[]>,
): Promise<void> => {
  let left = items;
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt === attempts) {
      throw new UnprocessedItemsError(
        `Expected ${items.length} items of a batch to be processed, ${left.length} were left after ${attempts} calls. Try again.`,
      );
    }
    if (attempt > 0) await delay(firstPauseMilliseconds * 2 ** attempt);
    left = await call(left);
  }
};
