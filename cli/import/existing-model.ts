import { isModelInput, type ModelDeclaration, type ModelSchema } from '../../contracts/model.ts';
import { FileError } from './errors.ts';
import { nameFields } from './field-names.ts';
import type { Told } from './guess-field.ts';
import type { FoundCell } from './number-tally.ts';
import { type Column, saidOfCut, saidOfStray } from './read-columns.ts';
import type { CaseSource } from './to-case.ts';

const columnsTold = 20;

/** What a person should know of how a file fits a model that exists. */
interface Matched {
  readonly source: CaseSource;
  readonly said: readonly string[];
}

interface Matching extends Told {
  readonly labelColumn: string;
  readonly validator: string;
}

/** How the cells of a column are read where that is not plain, by the type of its field. */
const saidOfColumn = (column: Column, type: string): string[] => {
  const { name, numberSaid, dateSaid, isNumber, number, isTimestamp, noDate, dateWays, reading, known, tooLong } =
    column;
  const missing = (isOne: boolean, count: number, stray: FoundCell | undefined): string[] =>
    isOne && count < known && stray !== undefined
      ? [`${name}: ${saidOfStray(stray)}, read as missing like all that is none`]
      : [];
  switch (type) {
    case 'number':
      return [
        ...(numberSaid === undefined ? [] : [`${name}: ${numberSaid}; --decimal tells it otherwise`]),
        ...missing(isNumber, number.count, number.stray),
      ];
    case 'timestamp':
      return [
        ...(dateSaid === undefined ? [] : [`${name}: ${dateSaid}; --dates tells it otherwise`]),
        ...missing(isTimestamp, dateWays.understood[reading.dates], noDate),
      ];
    case 'text':
      return tooLong.count === 0 ? [] : [`${name}: ${saidOfCut(tooLong)}`];
    default:
      return [];
  }
};

/** Marks such as NA that are no class of the model. */
const saidOfLabel = ({ marks }: Column, { label }: ModelSchema): string[] =>
  [...marks]
    .filter(([mark]) => label.type === 'number' || !label.classes.includes(mark))
    .map(([mark, count]) => `Left out because ${mark} stands for their label: ${count} of the rows.`);

const saidOfIgnored = (columns: readonly Column[], used: ReadonlySet<string>): string[] => {
  const ignored = columns.map(({ name }) => name).filter((name) => !used.has(name));
  if (ignored.length === 0) return [];
  const more = ignored.length > columnsTold ? ` and ${ignored.length - columnsTold} more` : '';
  return [`Columns that the model does not know are ignored: ${ignored.slice(0, columnsTold).join(', ')}${more}.`];
};

/**
 * Matches columns with the fields of a model that exists by their names, which are made as they were when it was declared.
 *
 * @throws FileError where a field that the model needs has no column
 */
export const matchModel = (
  { schema }: ModelDeclaration,
  columns: readonly Column[],
  { labelColumn, validator, identifiers, features }: Matching,
): Matched => {
  const names = nameFields(columns.map(({ name }) => name).filter((name) => name !== labelColumn));
  const columnOf = new Map([...names].map(([column, name]) => [name, column]));
  const matched = Object.entries(schema.fields).map(([name, field]) => {
    const column = columnOf.get(name);
    return { name, field, column: column !== undefined && identifiers.includes(column) ? undefined : column };
  });
  const absent = matched.filter(({ field, column }) => column === undefined && 'required' in field && field.required);
  if (absent.length > 0) {
    throw new FileError(
      `Expected a column for each field that the model needs; ${absent.map(({ name }) => name).join(', ')} ${absent.length === 1 ? 'has' : 'have'} none. Rename columns, or import into another model.`,
    );
  }
  const fields = matched.flatMap(({ name, field, column }) => (column === undefined ? [] : [{ name, field, column }]));
  const refused = features.find((name) => !fields.some(({ column, field }) => column === name && isModelInput(field)));
  if (refused !== undefined) {
    throw new FileError(
      `Expected ${refused} to be a feature of the model, which exists and knows none of that name. Import into another model, or leave out --feature.`,
    );
  }
  const typeOf = new Map<string, string>(
    fields.map(({ column, field }) => [column, field.kind === 'feature' ? field.type : field.kind]),
  ).set(labelColumn, schema.label.type);
  return {
    source: {
      fields,
      labelColumn,
      schema,
      validator,
      readings: new Map(columns.map(({ name, reading }) => [name, reading])),
    },
    said: [
      ...columns.flatMap((column) => saidOfColumn(column, typeOf.get(column.name) ?? '')),
      ...columns.filter(({ name }) => name === labelColumn).flatMap((column) => saidOfLabel(column, schema)),
      ...saidOfIgnored(columns, new Set([...typeOf.keys(), ...identifiers])),
    ],
  };
};
