/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * A generator with 32 bits of state: enough to shuffle some hundred things.
 * Source: T. Ettinger, mulberry32 (2017), public domain.
 *
 * @param seed - its lower 32 bits are used
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

/** @returns the items in an order in which each order is as likely; Fisher and Yates (1938) */
export const shuffled = <Item>(items: readonly Item[], random: Random): Item[] => {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
};
