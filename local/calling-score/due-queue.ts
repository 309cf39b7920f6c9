/** Things to do, each not before its time. */
export interface DueQueue<Item> {
  readonly size: number;
  /** @param at - in the units of the caller's clock */
  add(at: number, item: Item): void;
  /** @returns what has been due for longest, or undefined where nothing is due at `now` */
  take(now: number): Item | undefined;
}

export const openDueQueue = <Item>(): DueQueue<Item> => {
  const waiting: { readonly at: number; readonly item: Item }[] = [];
  return {
    get size() {
      return waiting.length;
    },
    add: (at, item) => {
      const place = waiting.findIndex((other) => other.at > at);
      waiting.splice(place === -1 ? waiting.length : place, 0, { at, item });
    },
    take: (now) => ((waiting[0]?.at ?? Number.POSITIVE_INFINITY) <= now ? waiting.shift()?.item : undefined),
  };
};
