import { basename } from 'node:path';
import { isModelInput, type Label, ModelDeclaration, type Task } from '../../contracts/model.ts';
import { FileError } from './errors.ts';
import { nameFields } from './field-names.ts';
import { type GuessedField, guessField, type Told } from './guess-field.ts';
import { findLabel, guessLabel } from './guess-label.ts';
import type { Column } from './read-columns.ts';
import type { CsvFile } from './read-csv.ts';

export interface Guessing extends Told {
  readonly label?: string | undefined;
  readonly task?: Task | undefined;
  readonly tolerance?: number | undefined;
}

/** What a file most likely holds. */
export interface Guess {
  readonly declaration: ModelDeclaration;
  readonly fields: readonly GuessedField[];
  readonly label: {
    readonly column: string;
    readonly declared: Label;
    readonly missing: number;
    readonly said: readonly string[];
  };
  readonly rows: number;
}

const expectColumns = ({ header }: CsvFile, told: Guessing): void => {
  const named = [...told.identifiers, ...told.features, ...(told.subject === undefined ? [] : [told.subject])];
  const unknown = named.find((name) => !header.includes(name));
  if (unknown !== undefined) {
    throw new FileError(
      `Expected a column ${unknown}; the columns are ${header.slice(0, 20).join(', ')}. Correct the option.`,
    );
  }
};

const guessFields = (columns: readonly Column[], told: Guessing): GuessedField[] => {
  const names = nameFields(columns.map(({ name }) => name));
  let subject = told.subject;
  return columns.map((column) => {
    const guessed = guessField(column, names.get(column.name) as string, told);
    if (guessed.field.kind !== 'subject') return guessed;
    // A case is about one person: a second such column only identifies.
    if (subject !== undefined && subject !== column.name) {
      return { ...guessed, field: { kind: 'identifier' as const }, reason: `${subject} is the subject already` };
    }
    subject = column.name;
    return guessed;
  });
};

const columnsTold = 5;

/** @throws FileError where a person asks for what cannot be, or nothing is left to tell the label by */
const expectFeatures = (fields: readonly GuessedField[], { features, identifiers, subject }: Guessing): void => {
  const other = features.find((name) => identifiers.includes(name) || name === subject);
  if (other !== undefined) {
    throw new FileError(`Expected ${other} in one option; it is in --feature and in another. Leave one of them out.`);
  }
  const refused = fields.find(({ column, field }) => features.includes(column) && !isModelInput(field));
  if (refused !== undefined) {
    throw new FileError(
      `Expected a column that can be a feature; ${refused.column} cannot: ${refused.reason}. Leave out --feature ${JSON.stringify(refused.column)}.`,
    );
  }
  if (fields.some(({ field }) => isModelInput(field))) return;
  const why = fields.slice(0, columnsTold).map(({ column, reason }) => `${column}, ${reason}`);
  const more = fields.length > columnsTold ? `; and ${fields.length - columnsTold} more` : '';
  throw new FileError(
    `Expected at least one feature, every column is left out: ${why.join('; ')}${more}. Give one to the model by --feature.`,
  );
};

/** @throws FileError where no model can be made of the columns */
export const guessDeclaration = (file: CsvFile, columns: readonly Column[], told: Guessing): Guess => {
  expectColumns(file, told);
  const labelColumn = findLabel(file.header, told.label);
  const labelled = columns.find(({ name }) => name === labelColumn) as Column;
  const { task, label, missing, said } = guessLabel(labelled, told);
  if (told.features.includes(labelColumn)) {
    throw new FileError(
      `Expected the label ${labelColumn} not to be a feature. Leave out --feature, or name another by --label.`,
    );
  }
  const fields = guessFields(
    columns.filter(({ name }) => name !== labelColumn),
    told,
  );
  expectFeatures(fields, told);
  const parsed = ModelDeclaration.safeParse({
    task,
    description: `imported from ${basename(file.path)}`.slice(0, 500),
    schema: { fields: Object.fromEntries(fields.map(({ name, field }) => [name, field])), label },
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FileError(
      `No model can be declared of these columns: ${issue?.path.join('.')}: ${issue?.message}. Remove columns from the file, or leave out those with the most values by --identifier.`,
    );
  }
  return {
    declaration: parsed.data,
    fields,
    label: { column: labelColumn, declared: label, missing, said },
    rows: labelled.rows,
  };
};
