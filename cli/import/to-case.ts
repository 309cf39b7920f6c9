import type { Schemas } from '../../client/index.ts';
import { type Field, FieldKind, type ModelSchema } from '../../contracts/model.ts';
import { booleanOf, isMark } from './cells.ts';
import { compactDateOf, timestampOf } from './date-forms.ts';
import { isEmpty, isWithoutClass } from './missing-marks.ts';
import { numberOf } from './number-forms.ts';
import { longestText } from './profile-column.ts';
import type { Reading } from './read-columns.ts';
import type { CsvFile, CsvRow } from './read-csv.ts';

type Value = string | number | boolean | null;

/** Which column fills a field. */
interface FilledField {
  readonly column: string;
  readonly name: string;
  readonly field: Field;
}

export interface CaseSource {
  readonly fields: readonly FilledField[];
  readonly labelColumn: string;
  readonly schema: ModelSchema;
  readonly validator: string;
  /** By column. */
  readonly readings: ReadonlyMap<string, Reading>;
}

type Read = (cell: string) => Value;

/** A cell that is none of its kind is sent as it is: the platform says what is wrong with it, and keeps it out. */
const numberReader =
  ({ decimal, isNumber }: Reading): Read =>
  (cell) =>
    numberOf(cell, decimal) ?? (isNumber ? null : cell);

const timestampReader =
  ({ dates, isTimestamp }: Reading): Read =>
  (cell) =>
    timestampOf(cell, dates) ?? compactDateOf(cell) ?? (isTimestamp ? null : cell);

/** Half a character at the end would be no text. */
const cut = (cell: string): string =>
  cell.length > longestText ? cell.slice(0, longestText).replace(/[\ud800-\udbff]$/, '') : cell;

const readerOf = (field: Field, reading: Reading): Read => {
  if (field.kind === FieldKind.Age) return numberReader(reading);
  if (field.kind !== FieldKind.Feature) return (cell) => cell;
  switch (field.type) {
    case 'number':
      return numberReader(reading);
    case 'boolean':
      return (cell) => booleanOf(cell) ?? cell;
    case 'timestamp':
      return timestampReader(reading);
    case 'text':
      return cut;
    default:
      return (cell) => cell;
  }
};

/** A mark such as `none` is a value where it is one of the field's categories. */
const withMissing = (field: Field, reading: Reading): Read => {
  const read = readerOf(field, reading);
  const { missing } = reading;
  if (field.kind === FieldKind.Feature && field.type === 'category') {
    const categories = new Set(field.categories);
    return (cell) => (isWithoutClass(cell, categories, missing) ? null : read(cell));
  }
  return (cell) => (isEmpty(cell, missing) || isMark(cell) ? null : read(cell));
};

/** @returns undefined for a cell without a label */
const labelReader = (
  label: ModelSchema['label'],
  reading: Reading,
): ((cell: string) => string | number | undefined) => {
  const { decimal, missing, isNumber } = reading;
  if (label.type === 'number') {
    return (cell) =>
      isEmpty(cell, missing) || isMark(cell) ? undefined : (numberOf(cell, decimal) ?? (isNumber ? undefined : cell));
  }
  const classes = new Set(label.classes);
  return (cell) => {
    if (isWithoutClass(cell, classes, missing)) return undefined;
    const isSlip = isNumber && !classes.has(cell) && numberOf(cell, decimal) === undefined;
    return isSlip ? undefined : cell;
  };
};

/**
 * Prepares reading rows as cases. What identifies people is not sent at all. The members of an input are in the order of
 * the columns, so that the same row makes the same case whoever declared the model.
 *
 * @returns a case; undefined for a row without a label
 */
export const caseReader = (
  { header }: Pick<CsvFile, 'header'>,
  { fields, labelColumn, schema, validator, readings }: CaseSource,
): ((row: CsvRow) => Schemas['NewCase'] | undefined) => {
  const readingOf = (column: string): Reading => readings.get(column) as Reading;
  const labelIndex = header.indexOf(labelColumn);
  const readLabel = labelReader(schema.label, readingOf(labelColumn));
  const sent = fields
    .filter(({ field }) => field.kind !== FieldKind.Identifier)
    .map(({ column, name, field }) => ({
      index: header.indexOf(column),
      name,
      read: withMissing(field, readingOf(column)),
    }))
    .sort((one, other) => one.index - other.index);
  return ({ cells }) => {
    const label = readLabel(cells[labelIndex] ?? '');
    if (label === undefined) return undefined;
    const input = Object.fromEntries(sent.map(({ index, name, read }) => [name, read(cells[index] ?? '')]));
    return { input, label, validator, confidence: 1 };
  };
};
