import { dayMilliseconds } from '../../../contracts/durations.ts';

/** Long enough for weekdays to even out. */
const windowDays = 28;

/** What a rate is measured on: the newest segments, in order. */
export interface RecentSegments {
  readonly segments: readonly { readonly cases: number; readonly sealedAt: string }[];
  /** Whether there are none before them. */
  readonly whole: boolean;
}

/**
 * Accepted cases a day, over the last 28 days or as far back as the segments go. A ledger younger than a day is taken
 * as a day old: what came in its first hour is no rate.
 *
 * @param now - ISO 8601, UTC
 * @returns 0 where nothing was accepted in that time
 */
export const casesPerDay = ({ segments, whole }: RecentSegments, now: string): number => {
  const end = Date.parse(now);
  const begin = end - windowDays * dayMilliseconds;
  const recent = segments.filter(({ sealedAt }) => Date.parse(sealedAt) > begin);
  const [first] = recent;
  if (first === undefined) return 0;
  const oldest = Date.parse(first.sealedAt);
  const sinceBeginning = whole ? Math.min(oldest, end - dayMilliseconds) : oldest;
  const from = recent.length < segments.length ? begin : sinceBeginning;
  const cases = recent.reduce((sum, segment) => sum + segment.cases, 0);
  return (cases * dayMilliseconds) / Math.max(1, end - from);
};
