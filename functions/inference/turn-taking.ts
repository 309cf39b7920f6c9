/**
 * Decides who runs at once. Where many requests reach one process together, it is faster to read them all before any is
 * predicted: the model stays in the processor's cache from one to the next. A request that is alone should not wait.
 *
 * @param defer - calls back at the end of this turn of the event loop
 * @returns nothing for the first request of a turn; for the others what they have to wait for
 */
export const openTurnTaking = (defer: (callback: () => void) => void): (() => Promise<void> | undefined) => {
  let isTaken = false;
  return () => {
    if (isTaken) return new Promise((resolve) => defer(resolve));
    isTaken = true;
    defer(() => {
      isTaken = false;
    });
    return undefined;
  };
};
