import { keptZipPrefixes } from './zip-prefixes.ts';

/**
 * How a date, an age and a postcode lose what identifies a person, the same at the door of cases and before a model.
 * A value that is generalised already stays as it is. Undefined: the value is none of its kind.
 */

/** Years from 90 are one group: 45 CFR 164.514(b)(2)(i)(C). */
const oldestAge = 90;
const largestAge = 150;

const timeOfDay = /[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?( ?(Z|UTC|[+-]\d\d:?\d\d))?$/;
const monthName = '(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\\.?';
/** A year has four digits in every form, so that it can be read in one way only. */
const dateForms: readonly RegExp[] = [
  /^(?<year>\d{4})$/,
  /^(?<year>\d{4})-(?<a>\d\d)$/,
  /^(?<year>\d{4})(?<a>\d\d)(?<b>\d\d)$/,
  /^(?<year>\d{4})([-/.])(?<a>\d{1,2})\2(?<b>\d{1,2})$/,
  /^(?<a>\d{1,2})([-/.])(?<b>\d{1,2})\2(?<year>\d{4})$/,
  new RegExp(`^(?<b>\\d{1,2})[ -]${monthName}[ -](?<year>\\d{4})$`, 'i'),
  new RegExp(`^${monthName} (?<b>\\d{1,2}),? (?<year>\\d{4})$`, 'i'),
];

const isYear = (year: number): boolean => Number.isInteger(year) && year >= 1800 && year <= 2200;

/** Day and month, in whichever order the country writes them. */
const isDayOfYear = (a: number, b: number): boolean =>
  Math.min(a, b) >= 1 && Math.min(a, b) <= 12 && Math.max(a, b) <= 31;

const yearOfText = (text: string): number => {
  const date = text.trim().replace(timeOfDay, '');
  const parts = dateForms.map((form) => form.exec(date)?.groups).find((groups) => groups !== undefined);
  return parts !== undefined && isDayOfYear(Number(parts.a ?? 1), Number(parts.b ?? 1))
    ? Number(parts.year)
    : Number.NaN;
};

/** @param value - an ISO 8601 date or time, another common form with a year of four digits, or a year */
export const yearOf = (value: unknown): number | undefined => {
  const year = typeof value === 'string' ? yearOfText(value) : value;
  return typeof year === 'number' && isYear(year) ? year : undefined;
};

/**
 * The year that may be kept: one that would tell of an age over 89 becomes the earliest that does not.
 *
 * @param presentYear - in which the value is read
 */
export const keptYear = (year: number, presentYear: number): number => Math.max(year, presentYear - oldestAge + 1);

/** Whole years, because a fraction of one tells the birthday. @param value - years, 0 to 150 */
export const topCodedAge = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= largestAge ? Math.min(Math.floor(value), oldestAge) : undefined;

/** @param value - a postcode of five digits, or nine, or its first three */
export const zipPrefixOf = (value: unknown): string | undefined => {
  const digits = typeof value === 'string' ? /^(\d{3})(\d{2}(-?\d{4})?)?$/.exec(value.trim())?.[1] : undefined;
  if (digits === undefined) return undefined;
  return keptZipPrefixes.has(digits) ? digits : '000';
};
