/** How a cell of a CSV file is read. */

const missingMarks: ReadonlySet<string> = new Set([
  '',
  'na',
  'n/a',
  '#n/a',
  'nan',
  'null',
  'none',
  '?',
  '.',
  '-',
  'missing',
]);
const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['t', true],
  ['y', true],
  ['false', false],
  ['no', false],
  ['f', false],
  ['n', false],
]);

export const isMissing = (cell: string): boolean => missingMarks.has(cell.toLowerCase());

export const booleanOf = (cell: string): boolean | undefined => truths.get(cell.toLowerCase());

const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const commaNumber = /^[+-]?\d+,\d+$/;

/** @param decimalComma - whether 3,5 is a number */
export const numberOf = (cell: string, decimalComma: boolean): number | undefined => {
  if (plainNumber.test(cell)) return Number(cell);
  return decimalComma && commaNumber.test(cell) ? Number(cell.replace(',', '.')) : undefined;
};

const isoTime = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( ?(Z|[+-]\d\d:?\d\d))?)?$/;

/** ISO 8601, UTC where the cell names no zone. */
export const timestampOf = (cell: string): string | undefined => {
  if (!isoTime.test(cell)) return undefined;
  const zoned = /[T ]/.test(cell) && !/(Z|[+-]\d\d:?\d\d)$/.test(cell) ? `${cell}Z` : cell;
  const at = new Date(zoned.replace(' ', 'T'));
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};
