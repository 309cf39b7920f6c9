import type { Random } from '../../../../contracts/seeded.ts';

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
