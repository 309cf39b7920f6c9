/**
 * How a text and a timestamp become what a model is given. Trainings read them alike: cases.py of the training container.
 * Undefined: the value is none of its kind.
 */

export const maximumTextCharacters = 4000;

/**
 * In lower case as far as letters are A to Z: of others no two languages of programming agree. The character 0 would end
 * the text for some of them, so no text has it.
 */
export const foldedText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= maximumTextCharacters && !value.includes('\0')
    ? value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    : undefined;

const timestampForm = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):(\d\d))?)?$/;
const daySeconds = 86_400;

/** Days from 1970-01-01 to a day of the calendar; NaN where there is no such day. */
const dayNumber = (year: number, month: number, day: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.getTime() / 1000 / daySeconds
    : Number.NaN;
};
/** Python knows no day before. */
const firstDay = dayNumber(1, 1, 1);

/**
 * Days since 1970-01-01 UTC, with a fraction for the time of day.
 *
 * @param value - ISO 8601: a day, or a day and a time; without an offset it is UTC
 */
export const timestampDays = (value: unknown): number | undefined => {
  const parts = typeof value === 'string' ? timestampForm.exec(value) : null;
  if (parts === null) return undefined;
  const numberAt = (place: number): number => Number(parts[place] ?? 0);
  const [hour, minute, second] = [numberAt(4), numberAt(5), numberAt(6)];
  const [offsetHour, offsetMinute] = [numberAt(9), numberAt(10)];
  if (Math.max(hour, offsetHour) > 23 || Math.max(minute, second, offsetMinute) > 59) return undefined;
  const offset = (parts[8] === '-' ? -1 : 1) * (offsetHour * 3600 + offsetMinute * 60);
  const seconds = hour * 3600 + minute * 60 + second + Number(`0.${parts[7] ?? 0}`) - offset;
  const days = dayNumber(numberAt(1), numberAt(2), numberAt(3)) + seconds / daySeconds;
  // Written so that NaN fails it too.
  return days >= firstDay ? days : undefined;
};
