/** What is told apart by a hash is kept in up to so many places; memory is bounded, whatever comes. */
const mostKept = 250_000;

/** Keys that were met, with what is kept of each. */
export interface DistinctSample<Kept> {
  /** What is kept of a key, made when it is met first; undefined: the key is not among those that are looked at. */
  readonly of: (key: number) => Kept | undefined;
  readonly kept: () => Iterable<Kept>;
  /** How many keys there are for each that is kept: 1, or a power of 2. */
  readonly weight: () => number;
  /** How many keys were met. */
  readonly count: () => number;
}

/**
 * Keeps all keys while they are few. Of more it keeps an even share by their hash, each with all that is met of it, so
 * that repetitions are seen as often as there are: in a sample of cases two of a kind seldom meet. Source: distinct
 * sampling, Gibbons, VLDB 2001.
 *
 * @param make - what is kept of a new key
 * @param most - keys that are kept
 */
export const distinctSample = <Kept>(make: () => Kept, most = mostKept): DistinctSample<Kept> => {
  const kept = new Map<number, Kept>();
  let weight = 1;
  const halve = (): void => {
    weight *= 2;
    for (const key of kept.keys()) if (key % weight !== 0) kept.delete(key);
  };
  return {
    of: (key) => {
      if (key % weight !== 0) return undefined;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const made = make();
      kept.set(key, made);
      while (kept.size > most) halve();
      return made;
    },
    kept: () => kept.values(),
    weight: () => weight,
    count: () => weight * kept.size,
  };
};
