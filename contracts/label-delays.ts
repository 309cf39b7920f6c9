/** How the delays of labels are counted: by the day and, for a while, by the minute of their prediction, in bins. */

import { daySeconds, minuteMilliseconds } from './durations.ts';

const minute = 60;
const hour = 60 * minute;

/**
 * Upper ends of the bins, in seconds; a bin has its own upper end and not that of the bin before. Spaced about evenly in
 * the logarithm, at times that people choose for a window.
 */
export const delayEdges: readonly number[] = [
  ...[1, 2, 5, 10, 30],
  ...[1, 2, 5, 10, 30].map((minutes) => minutes * minute),
  ...[1, 2, 4, 8, 12, 18].map((hours) => hours * hour),
  ...[1, 1.5, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90, 180, 365].map((days) => days * daySeconds),
];

/** Attributes that hold the counts, in the order of `delayEdges`. */
export const delayBins = [
  ...(['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9', 'b10', 'b11', 'b12', 'b13', 'b14', 'b15'] as const),
  ...(['b16', 'b17', 'b18', 'b19', 'b20', 'b21', 'b22', 'b23', 'b24', 'b25', 'b26', 'b27', 'b28', 'b29'] as const),
  ...(['b30', 'b31'] as const),
] as const;
export type DelayBin = (typeof delayBins)[number];

/** Labels by delay, as an item holds them. */
export type BinCounts = Readonly<Partial<Record<DelayBin, number | undefined>>>;

/** @param seconds - from the prediction to its label; less than nothing, by clocks that differ, is nothing */
export const binOfDelay = (seconds: number): DelayBin => {
  const index = delayEdges.findIndex((edge) => seconds <= edge);
  return delayBins[index] ?? 'b31';
};

/** Labels by delay, in the order of `delayEdges`. */
export const readBins = (counts: BinCounts): number[] => delayBins.map((bin) => counts[bin] ?? 0);

/** For how long after a prediction the delay of its label is also counted by the minute. */
export const minutesKeptSeconds = 2 * daySeconds;

/** The day of a time in ms since 1970, UTC: `2026-03-01`. */
export const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** Begin of the minute of a time, both in ms since 1970. */
export const minuteOf = (milliseconds: number): number => milliseconds - (milliseconds % minuteMilliseconds);
