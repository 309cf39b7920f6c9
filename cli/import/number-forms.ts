/** How numbers are written: with a decimal point or a decimal comma, and with or without marks between thousands. */

export const DecimalMark = { Point: 'point', Comma: 'comma' } as const;
export type DecimalMark = (typeof DecimalMark)[keyof typeof DecimalMark];

/** Stand between thousands beside either decimal mark. A plain space does not: numbers of people are written with it. */
const neutral = "\u00a0\u202f'\u2019";

const formOf = (decimal: string, thousands: string): RegExp =>
  new RegExp(
    `^[+-]?(?:(?:\\d+|[1-9]\\d{0,2}(?:[${thousands}]\\d{3})+|[1-9]\\d{0,2}(?:[${neutral}]\\d{3})+)(?:${decimal}\\d*)?|${decimal}\\d+)(?:e[+-]?\\d+)?$`,
    'i',
  );
const forms = { point: formOf('\\.', ','), comma: formOf(',', '.') } as const;
const between = { point: new RegExp(`[,${neutral}]`, 'g'), comma: new RegExp(`[.${neutral}]`, 'g') } as const;

/** @returns undefined for what is no number in this form, or none that a 32-bit float holds */
export const numberOf = (cell: string, decimal: DecimalMark): number | undefined => {
  if (!forms[decimal].test(cell)) return undefined;
  const value = Number(cell.replaceAll(between[decimal], '').replace(',', '.'));
  return Number.isFinite(Math.fround(value)) ? value : undefined;
};

const units = /^[$€£¥]\s?|\s?[%$€£¥]$/;

/** Whether a cell is a number but for a sign of a currency or a percent. */
export const isWithUnit = (cell: string): boolean =>
  units.test(cell) &&
  Object.values(DecimalMark).some((decimal) => numberOf(cell.replace(units, ''), decimal) !== undefined);
