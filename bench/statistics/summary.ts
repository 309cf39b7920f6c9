import type { DecisionsByName } from './simulate.ts';

/** An estimate and its Monte-Carlo standard error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** What one figure tells over all runs. Sizes are outcomes; infinite where too few runs decided. */
export interface Summary {
  readonly runs: number;
  /** Share of the runs that decided by the horizon. */
  readonly rate: Estimate;
  readonly median: Estimate;
  readonly p80: Estimate;
  readonly p90: Estimate;
  /** Challenger's outcomes at the decision, median. */
  readonly challengers: Estimate;
}

/** √(p(1−p)/n); of none and of all the runs as much as for one run less extreme, since nothing is known for certain. */
const shareOf = (count: number, runs: number): Estimate => {
  const share = Math.min(Math.max(count, 1), runs - 1) / runs;
  return { value: count / runs, error: Math.sqrt((share * (1 - share)) / runs) };
};

/** The error is half the distance of the order statistics one binomial standard deviation to both sides. */
const quantileOf = (sorted: Float64Array, share: number): Estimate => {
  const at = (place: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(place * sorted.length))] ?? Number.NaN;
  const aside = Math.sqrt((share * (1 - share)) / sorted.length);
  const [low, high] = [at(share - aside), at(Math.min(1, share + aside))];
  return { value: at(share), error: Number.isFinite(high) ? (high - low) / 2 : Number.POSITIVE_INFINITY };
};

/** @param parts - of one study, in any order */
export const summarise = (parts: readonly DecisionsByName[]): Record<string, Summary> => {
  const names = Object.keys(parts[0] ?? {});
  const sortedOf = (name: string, column: 'at' | 'challengers'): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(part[name]?.[column] ?? []))).sort();
  const summaries = names.map((name): [string, Summary] => {
    const sorted = sortedOf(name, 'at');
    return [
      name,
      {
        runs: sorted.length,
        rate: shareOf(sorted.filter(Number.isFinite).length, sorted.length),
        median: quantileOf(sorted, 0.5),
        p80: quantileOf(sorted, 0.8),
        p90: quantileOf(sorted, 0.9),
        challengers: quantileOf(sortedOf(name, 'challengers'), 0.5),
      },
    ];
  });
  return Object.fromEntries(summaries);
};
