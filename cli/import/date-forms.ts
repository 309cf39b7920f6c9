/** How dates and times are written: ISO 8601, year first, or day and month in one of two orders. */

export const DateOrder = { DayFirst: 'day-first', MonthFirst: 'month-first' } as const;
export type DateOrder = (typeof DateOrder)[keyof typeof DateOrder];

const time = '(?:[T ](?<time>\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?) ?(?<zone>Z|[+-]\\d\\d:?\\d\\d)?)?';
const yearFirst = new RegExp(`^(?<year>\\d{4})(?<mark>[-/.])(?<a>\\d\\d)\\k<mark>(?<b>\\d\\d)${time}$`);
const yearLast = new RegExp(`^(?<a>\\d{1,2})(?<mark>[-/.])(?<b>\\d{1,2})\\k<mark>(?<year>\\d{4})${time}$`);
const digitsAlone = /^(?<year>\d{4})(?<a>\d\d)(?<b>\d\d)$/;
/** Eight digits of other years are more likely a number. */
const [firstYear, lastYear] = [1900, 2100] as const;

/** UTC where the cell names no zone. @returns undefined where there is no such day or time */
const timestampAt = (year: string, month: string, day: string, clock = '00:00', zone = 'Z'): string | undefined => {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const midnight = new Date(`${date}T00:00Z`);
  // Otherwise the 31st of February would be a day of March.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(date)) return undefined;
  const at = new Date(`${date}T${clock}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};

const groupsOf = (form: RegExp, cell: string): Record<string, string> | undefined => form.exec(cell)?.groups;

/** Eight digits such as 20240131. */
export const compactDateOf = (cell: string): string | undefined => {
  const { year = '', a = '', b = '' } = groupsOf(digitsAlone, cell) ?? {};
  return Number(year) >= firstYear && Number(year) <= lastYear ? timestampAt(year, a, b) : undefined;
};

const [shortest, longest] = ['1.2.2026'.length, '2026-01-01T00:00:00.123456789 +00:00'.length] as const;

/** ISO 8601, UTC where the cell names no zone. */
export const timestampOf = (cell: string, order: DateOrder): string | undefined => {
  if (cell.length < shortest || cell.length > longest) return undefined;
  const first = groupsOf(yearFirst, cell);
  if (first !== undefined) return timestampAt(first.year ?? '', first.a ?? '', first.b ?? '', first.time, first.zone);
  const last = groupsOf(yearLast, cell);
  if (last === undefined) return undefined;
  const { year = '', a = '', b = '' } = last;
  const [day, month] = order === DateOrder.DayFirst ? [a, b] : [b, a];
  return timestampAt(year, month, day, last.time, last.zone);
};
