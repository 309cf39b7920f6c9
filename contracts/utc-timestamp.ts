import { dayMilliseconds } from './durations.ts';
import { timestampDays } from './feature-values.ts';

/** Years with more than four digits are written otherwise. */
const length = '2026-01-01T00:00:00.000Z'.length;

/**
 * A time as it is kept, such as `2026-03-01T09:30:00.000Z`: UTC, to the millisecond.
 *
 * @param value - an ISO 8601 date or time; without an offset it is taken for UTC, a date for its midnight
 * @returns undefined where it is none
 */
export const utcTimestamp = (value: unknown): string | undefined => {
  const days = timestampDays(value);
  if (days === undefined) return undefined;
  const text = new Date(Math.round(days * dayMilliseconds)).toISOString();
  return text.length === length ? text : undefined;
};
