import type { Bin } from './strength.ts';

/** What a timestamp is in the calendar, UTC, as trainings are given it: calendar.py of the training container. */
const parts: Readonly<Record<string, (date: Date) => number>> = {
  hour: (date) => date.getUTCHours(),
  weekday: (date) => date.getUTCDay(),
  'day of the month': (date) => date.getUTCDate(),
  month: (date) => date.getUTCMonth(),
};

/** Bins by each part of timestamps. @param days - since 1970; undefined is missing, a bin of its own */
export const calendarBins = (days: readonly (number | undefined)[]): [part: string, bins: Bin[]][] =>
  Object.entries(parts).map(([part, of]) => [
    part,
    days.map((day) => (day === undefined ? 'missing' : of(new Date(Math.round(day * 86_400_000))))),
  ]);
