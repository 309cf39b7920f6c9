import { basename } from 'node:path';
import { type Label, ModelDeclaration, type Task } from '../../contracts/model.ts';
import { FileError } from './errors.ts';
import { fieldName, type GuessedField, guessField, type Told } from './guess-field.ts';
import { findLabel, guessLabel } from './guess-label.ts';
import type { ColumnProfile } from './profile-column.ts';
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
  readonly label: { readonly column: string; readonly declared: Label; readonly missing: number };
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

/** @throws FileError where no model can be made of the columns */
export const guessDeclaration = (file: CsvFile, profiles: readonly ColumnProfile[], told: Guessing): Guess => {
  expectColumns(file, told);
  const column = findLabel(file.header, told.label);
  const labelled = profiles.find(({ name }) => name === column) as ColumnProfile;
  const { task, label } = guessLabel(labelled, told);
  const taken = new Set<string>();
  let subject = told.subject;
  const fields = profiles
    .filter(({ name }) => name !== column)
    .map((profile) => {
      const name = fieldName(profile.name, taken);
      taken.add(name);
      const guessed = guessField(profile, name, told);
      if (guessed.field.kind !== 'subject') return guessed;
      // A case is about one person: a second such column only identifies.
      if (subject !== undefined && subject !== profile.name) {
        return { ...guessed, field: { kind: 'identifier' as const }, reason: `${subject} is the subject already` };
      }
      subject = profile.name;
      return guessed;
    });
  const parsed = ModelDeclaration.safeParse({
    task,
    description: `imported from ${basename(file.path)}`.slice(0, 500),
    schema: { fields: Object.fromEntries(fields.map(({ name, field }) => [name, field])), label },
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FileError(
      `No model can be declared of these columns: ${issue?.path.join('.')}: ${issue?.message}. Leave columns out by --identifier.`,
    );
  }
  return {
    declaration: parsed.data,
    fields,
    label: { column, declared: label, missing: labelled.missing },
    rows: labelled.rows,
  };
};
