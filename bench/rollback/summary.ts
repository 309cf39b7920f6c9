import { quantile } from '../quantiles.ts';
import { judge, type Result } from '../report.ts';
import type { Half } from './halves.ts';
import { Cause } from './measure.ts';

/** How long the rollbacks of one half took that had one cause; ms. */
export interface Row {
  readonly cause: Cause;
  readonly during: Half['during'];
  readonly runs: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** ms from the alarm to the route, at most, in 99 of 100 rollbacks on the embedded cloud. */
const gate = 2000;

export const summarise = (halves: readonly Half[]): Row[] =>
  Object.values(Cause).flatMap((cause) =>
    halves.map(({ during, measured }) => {
      const times = measured.filter((one) => one.cause === cause).map(({ milliseconds }) => milliseconds);
      const [p50 = 0, p90 = 0, p99 = 0] = [0.5, 0.9, 0.99].map((share) => quantile(times, share));
      return { cause, during, runs: times.length, p50, p90, p99, max: Math.max(...times) };
    }),
  );

/** Runs from which on the 99th of 100 is not the slowest. */
const enough = 100;

export const judgeRows = (rows: readonly Row[]): Result[] =>
  rows.map(({ cause, during, runs, p99 }) => {
    const what = runs < enough ? `slowest of ${runs} rollbacks` : `p99 of ${runs} rollbacks`;
    return judge({ id: `${cause}.${during}`, what, unit: 'ms', bound: 'at most', gate }, p99);
  });
