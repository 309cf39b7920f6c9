import { dayMilliseconds } from '../../../contracts/durations.ts';

/** Slack for a daily schedule, which does not fire at the same second each day. */
const slackDays = 1 / 24;

/**
 * Whether a rollback is to be rehearsed again.
 *
 * @param everyDays - as the policy says
 * @param last - begin of the last drill, ISO 8601, UTC; undefined where there was none
 * @param now - ISO 8601, UTC
 */
export const isDrillDue = (everyDays: number, last: string | undefined, now: string): boolean =>
  last === undefined || (Date.parse(now) - Date.parse(last)) / dayMilliseconds >= everyDays - slackDays;
