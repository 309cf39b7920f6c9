import type { Random } from '../../../../contracts/seeded.ts';

/** @returns the items in an order in which each order is as likely; Fisher and Yates (1938) */
export const shuffled = <Item>(items: readonly Item[], random: Random): Item[] => {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
};
