import { quantile } from '../quantiles.ts';
import { createRandom } from '../statistics/random.ts';

/** What one learnt table says of each peer, in the peers' order; undefined: it failed. */
export type Scores = readonly (number | undefined)[];

/** How a peer did on one table. */
export interface Place {
  /** 1 is the best. */
  readonly rank: number;
  /** From the baseline, 0, to the best, 1; down to -1 where it is worse than the baseline. */
  readonly way: number;
}

/** The higher the better. */
const gains = (scores: Scores, higherIsBetter: boolean): number[] =>
  scores.map((score) => {
    if (score === undefined) return Number.NEGATIVE_INFINITY;
    return higherIsBetter ? score : -score;
  });

/** Equal scores share the mean of their ranks; whoever failed shares the last ones. */
const rankOf = (all: readonly number[], gain: number): number => {
  const better = all.filter((other) => other > gain).length;
  const equal = all.filter((other) => other === gain).length;
  return better + (equal + 1) / 2;
};

/** Further below the baseline than the best is above it counts as this far: one table is not to decide a mean. */
const least = -1;

/**
 * @param scores - by the table's metric
 * @param baseline - the baseline's place among them
 * @returns the place of each; who failed went no step of the way
 */
export const placesOf = (scores: Scores, baseline: number, higherIsBetter: boolean): Place[] => {
  const all = gains(scores, higherIsBetter);
  const start = all[baseline] ?? Number.NaN;
  const whole = Math.max(...all) - start;
  return all.map((gain) => ({
    rank: rankOf(all, gain),
    way: Number.isFinite(gain) && whole > 0 ? Math.max((gain - start) / whole, least) : 0,
  }));
};

/** How a peer did on all tables. */
export interface Standing {
  readonly rank: number;
  readonly way: number;
  readonly firsts: number;
}

export const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** @param places - of one peer, table by table */
export const standingOf = (places: readonly Place[]): Standing => ({
  rank: mean(places.map(({ rank }) => rank)),
  way: mean(places.map(({ way }) => way)),
  firsts: places.filter(({ rank }) => rank < 2).length,
});

/** An estimate and the interval that holds the truth in 19 cases of 20, if the tables were drawn from many like them. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const draws = 10_000;

/** The mean over tables, and what it might have been with other tables: the bootstrap. */
export const overTables = (values: readonly number[], seed: number): Interval => {
  const { uniform } = createRandom(seed, 'tables', 0);
  const drawn = (): number => values[Math.floor(uniform() * values.length)] ?? Number.NaN;
  const means = Array.from({ length: draws }, () => mean(values.map(drawn)));
  return { value: mean(values), low: quantile(means, 0.025), high: quantile(means, 0.975) };
};
