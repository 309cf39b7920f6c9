/** Chance for simulations: seeded, so that the same question gets the same answer. */

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * A generator with 32 bits of state, good enough for means over some hundred runs.
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

/** Variance from which on a binomial is as good as normal for what is simulated here. */
const largeVariance = 100;

/** Box and Muller (1958). */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/**
 * How many of `count` independent tries succeed. Exact for a variance up to 100, by the gaps between successes; normal,
 * rounded and kept within 0 to `count`, above it.
 *
 * @param count - whole, from 0
 * @param probability - in [0, 1]
 */
export const binomial = (count: number, probability: number, random: Random): number => {
  if (count === 0 || probability <= 0) return 0;
  if (probability > 0.5) return count - binomial(count, 1 - probability, random);
  const variance = count * probability * (1 - probability);
  if (variance > largeVariance) {
    const drawn = Math.round(count * probability + Math.sqrt(variance) * normal(random));
    return Math.min(count, Math.max(0, drawn));
  }
  const logFailure = Math.log1p(-probability);
  let successes = 0;
  for (let tries = 0; ; successes += 1) {
    tries += 1 + Math.floor(Math.log(1 - random()) / logFailure);
    if (tries > count) return successes;
  }
};
