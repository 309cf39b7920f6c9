/** Chance that can be repeated: the same question gets the same answer. */

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * A generator with 32 bits of state, good enough for means over some thousand draws and for shuffles.
 * Source: T. Ettinger, mulberry32 (2017), public domain.
 *
 * @param seed - any number; its lower 32 bits are used
 */
export const seeded = (seed: number): Random => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
