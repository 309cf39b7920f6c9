import { type Difference, normalQuantile, supported } from './difference.ts';

/**
 * How far the counts are from a true difference of `delta`, in standard deviations: Tango, Statistics in Medicine 17
 * (1998), 891–908. Falls as `delta` grows.
 */
const scoreOf = (onlyFirst: number, onlySecond: number, cases: number, delta: number): number => {
  const [a, b, c] = [
    2 * cases,
    (2 * cases - onlyFirst + onlySecond) * delta - onlyFirst - onlySecond,
    -onlySecond * delta * (1 - delta),
  ];
  // The likeliest share of cases on which the second alone is right, were `delta` true.
  const share = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = cases * (2 * share + delta * (1 - delta));
  const distance = onlyFirst - onlySecond - cases * delta;
  if (distance === 0) return 0;
  return variance > 0 ? distance / Math.sqrt(variance) : distance * Number.POSITIVE_INFINITY;
};

/** Halvings of an interval of length 2: to 2e-16. */
const halvings = 53;

/** Where the score falls to `quantile`. */
const boundAt = (score: (delta: number) => number, quantile: number): number => {
  let [low, high] = [-1, 1];
  for (let step = 0; step < halvings; step += 1) {
    const middle = (low + high) / 2;
    if (score(middle) > quantile) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/**
 * The difference of two shares of the same independent cases, with Tango's score interval: it keeps its word where
 * versions seldom disagree, and is no point where they never do.
 *
 * @param first - whether each case is right by the first version
 * @param second - by the second
 * @returns undefined where there are no cases
 */
export const shareDifference = (first: readonly boolean[], second: readonly boolean[]): Difference | undefined => {
  const onlyFirst = first.filter((right, index) => right && second[index] !== true).length;
  const onlySecond = second.filter((right, index) => right && first[index] !== true).length;
  const difference = (onlyFirst - onlySecond) / first.length;
  const score = (delta: number): number => scoreOf(onlyFirst, onlySecond, first.length, delta);
  const [lower, upper] = [boundAt(score, normalQuantile), boundAt(score, -normalQuantile)];
  return supported({ difference, lower, upper }, onlyFirst + onlySecond);
};
