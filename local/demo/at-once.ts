/**
 * Works on items in their order, a few at a time.
 *
 * @param count - items that are worked on at the same time, from 1
 * @returns the results, in the order of the items
 */
export const atOnce = async <Item, Result>(
  count: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
};
