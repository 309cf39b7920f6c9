/**
 * Thompson sampling over a few versions: each gets the share of requests that is its chance of being the best.
 *
 * What a version's mean reward may be is a Beta(1 + S, 1 + N − S) after N units with the sum S of their rewards. That is
 * exact for rewards of 0 and 1, and cautious for those between: no reward in [0, 1] varies more than a binary one with
 * its mean. Sources: Thompson (1933), On the likelihood that one unknown probability exceeds another, Biometrika 25;
 * Agrawal and Goyal (2012), Analysis of Thompson sampling for the multi-armed bandit problem, COLT 23.
 */
import { wholeWeight } from '../../../contracts/weight.ts';

/** What one version has earned. */
export interface Earned {
  readonly units: number;
  /** Sum of the units' rewards, each in [0, 1]. */
  readonly rewards: number;
}

interface Posterior {
  readonly alpha: number;
  readonly beta: number;
}

/** Points of the integration: over all of [0, 1], and around the mean of each version. */
const coarsePoints = 200;
const finePoints = 400;
/** Standard deviations around the mean, beyond which less than 1e-12 lies. */
const reach = 8;

/** Sums of shares may be off their bounds by a rounding error, which would give a density without end there. */
const posteriorOf = ({ units, rewards }: Earned): Posterior => {
  const within = Math.min(Math.max(rewards, 0), units);
  return { alpha: 1 + within, beta: 1 + (units - within) };
};

/**
 * The chance of each version to have the largest mean reward: ∫ f_i(x) Π_{j≠i} F_j(x) dx, by the trapezoidal rule on
 * points that they share. The same rewards always give the same chances.
 *
 * @returns in the order given; they sum to 1
 */
export const chancesOfBeingBest = (earned: readonly Earned[]): number[] => {
  const posteriors = earned.map(posteriorOf);
  const points = sharedPoints(posteriors);
  const densities = posteriors.map((posterior) => densityAt(points, posterior));
  const distributions = densities.map((density) => cumulate(points, density));
  const chances = densities.map((density, index) => {
    const others = distributions.filter((_, other) => other !== index);
    const integrand = density.map((value, point) =>
      others.reduce((product, distribution) => product * (distribution[point] ?? 0), value),
    );
    return cumulate(points, integrand).at(-1) ?? 0;
  });
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return chances.map((chance) => chance / sum);
};

/**
 * The shares of requests that follow from the chances, with a floor under each: without it a version that began badly
 * would never be asked again.
 *
 * @param floorPercent - of requests that each version keeps; at most the whole over all of them
 * @returns basis points in the order given, whole numbers that come to the whole exactly
 */
export const weightsOf = (chances: readonly number[], floorPercent: number): number[] => {
  const floor = Math.round((floorPercent / 100) * wholeWeight);
  const free = wholeWeight - floor * chances.length;
  const weights = chances.map((chance) => floor + Math.floor(free * chance));
  const rest = wholeWeight - weights.reduce((sum, weight) => sum + weight, 0);
  const likeliest = chances.indexOf(Math.max(...chances));
  return weights.map((weight, index) => (index === likeliest ? weight + rest : weight));
};

const sharedPoints = (posteriors: readonly Posterior[]): number[] => {
  const points = spread(0, 1, coarsePoints);
  for (const { alpha, beta } of posteriors) {
    const mean = alpha / (alpha + beta);
    const deviation = Math.sqrt((mean * (1 - mean)) / (alpha + beta + 1));
    points.push(...spread(Math.max(0, mean - reach * deviation), Math.min(1, mean + reach * deviation), finePoints));
  }
  return [...new Set(points)].sort((one, other) => one - other);
};

/** The last point is `to` itself: a rounding error above 1 would have no logarithm of what is left. */
const spread = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count + 1 }, (_, index) => (index === count ? to : from + ((to - from) * index) / count));

/** The density up to a constant, then divided by its integral. In logarithms, so that large counts do not underflow. */
const densityAt = (points: readonly number[], { alpha, beta }: Posterior): number[] => {
  const power = (exponent: number, base: number): number => (exponent === 0 ? 0 : exponent * Math.log(base));
  const logs = points.map((point) => power(alpha - 1, point) + power(beta - 1, 1 - point));
  const largest = Math.max(...logs);
  const relative = logs.map((log) => Math.exp(log - largest));
  const total = cumulate(points, relative).at(-1) ?? 1;
  return relative.map((value) => value / total);
};

/** The integral up to each point. */
const cumulate = (points: readonly number[], values: readonly number[]): number[] => {
  let sum = 0;
  return values.map((value, index) => {
    if (index > 0) {
      const width = (points[index] ?? 0) - (points[index - 1] ?? 0);
      sum += (width * (value + (values[index - 1] ?? 0))) / 2;
    }
    return sum;
  });
};
