import type { Schemas } from '../../client/index.ts';
import { type Field, FieldKind, type ModelSchema } from '../../contracts/model.ts';
import { booleanOf, isMissing, numberOf, timestampOf } from './cells.ts';
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
  readonly label: ModelSchema['label'];
  readonly validator: string;
}

type Read = (cell: string) => Value;

/** A cell that is none of its kind is sent as it is: the platform says what is wrong with it, and keeps it out. */
const readerOf = (field: Field, decimalComma: boolean): Read => {
  const asNumber: Read = (cell) => numberOf(cell, decimalComma) ?? cell;
  if (field.kind === FieldKind.Age) return asNumber;
  if (field.kind !== FieldKind.Feature) return (cell) => cell;
  switch (field.type) {
    case 'number':
      return asNumber;
    case 'boolean':
      return (cell) => booleanOf(cell) ?? cell;
    case 'timestamp':
      return (cell) => timestampOf(cell) ?? cell;
    default:
      return (cell) => cell;
  }
};

/**
 * Prepares reading rows as cases. What identifies people is not sent at all.
 *
 * @returns a case; undefined for a row without a label
 */
export const caseReader = (
  { header, delimiter }: Pick<CsvFile, 'header' | 'delimiter'>,
  { fields, labelColumn, label, validator }: CaseSource,
): ((row: CsvRow) => Schemas['NewCase'] | undefined) => {
  const decimalComma = delimiter !== ',';
  const labelIndex = header.indexOf(labelColumn);
  const sent = fields
    .filter(({ field }) => field.kind !== FieldKind.Identifier)
    .map(({ column, name, field }) => ({ index: header.indexOf(column), name, read: readerOf(field, decimalComma) }));
  return ({ cells }) => {
    const given = cells[labelIndex] ?? '';
    if (isMissing(given) && !(label.type === 'category' && label.classes.includes(given))) return undefined;
    const input = Object.fromEntries(
      sent.map(({ index, name, read }) => {
        const cell = cells[index] ?? '';
        return [name, isMissing(cell) ? null : read(cell)];
      }),
    );
    const read = label.type === 'number' ? (numberOf(given, decimalComma) ?? given) : given;
    return { input, label: read, validator, confidence: 1 };
  };
};
