import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import { ModelDeclaration, Task } from '../../contracts/model.ts';
import { notNegative, several } from '../arguments.ts';
import { SettingsError } from '../errors.ts';
import { FileError } from '../import/errors.ts';
import { type Guess, guessDeclaration } from '../import/guess-declaration.ts';
import { fieldName } from '../import/guess-field.ts';
import { findLabel } from '../import/guess-label.ts';
import { profileFile } from '../import/profile-file.ts';
import { type CsvFile, openCsv } from '../import/read-csv.ts';
import { sendCases, untilExamined } from '../import/send-cases.ts';
import { type CaseSource, caseReader } from '../import/to-case.ts';
import type { OfflineSession, OpenSession, Session } from '../session.ts';
import { guessText, importedText, vouchedFields } from '../text/import.ts';

interface Options {
  readonly model?: string;
  readonly label?: string;
  readonly task?: Task;
  readonly tolerance?: number;
  readonly subject?: string;
  readonly identifier: string[];
  readonly feature: string[];
  readonly delimiter?: string;
  readonly validator: string;
  readonly save?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const text = (given: string): string => given;

const oneCharacter = (given: string): string => {
  if (given.length === 1) return given;
  if (given === '\\t') return '\t';
  throw new InvalidArgumentError(`Expected one character, or \\t, got ${given}.`);
};

/** A model's name from a file's: `Heart Disease.csv` is `heart-disease`. */
const modelNameOf = (path: string): string => {
  const base = path.split(/[\\/]/).at(-1) ?? '';
  const name = base
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
  return name.slice(0, 63).padEnd(2, 'm');
};

/** The model that exists under the name, which then says what the columns are. */
const findModel = async ({ api }: Session, model: string) => {
  const answer = await api.GET('/v1/models/{model}', { params: { path: { model } } });
  if (answer.response.status === 404) return undefined;
  return ModelDeclaration.parse(
    Object.fromEntries(Object.entries(expectAnswer(answer)).filter(([name]) => name in ModelDeclaration.shape)),
  );
};

/** Columns are matched with the fields of a model that exists by their names. */
const sourceOfModel = (
  { header }: CsvFile,
  { schema }: ModelDeclaration,
  labelColumn: string,
  validator: string,
): CaseSource => {
  const columnOf = new Map(
    header.filter((name) => name !== labelColumn).map((name) => [fieldName(name, new Set()), name]),
  );
  const fields = Object.entries(schema.fields).map(([name, field]) => ({ name, field, column: columnOf.get(name) }));
  const absent = fields.filter(({ field, column }) => column === undefined && 'required' in field && field.required);
  if (absent.length > 0) {
    throw new FileError(
      `Expected a column for each field that the model needs; ${absent.map(({ name }) => name).join(', ')} ${absent.length === 1 ? 'has' : 'have'} none. Rename columns, or import into another model.`,
    );
  }
  return {
    fields: fields.flatMap(({ name, field, column }) => (column === undefined ? [] : [{ name, field, column }])),
    labelColumn,
    label: schema.label,
    validator,
  };
};

/** @throws SettingsError where nobody can be asked */
const confirm = async ({ ask, print }: Session, guess: Guess): Promise<boolean> => {
  print(guessText(guess));
  const vouched = vouchedFields(guess);
  const vouch = vouched.length === 0 ? '' : ` You vouch that no value of ${vouched.join(', ')} tells of a person.`;
  if (ask === undefined) {
    throw new SettingsError(
      `Expected somebody to confirm what the columns are.${vouch} Look at it with --dry-run, then run it again with --yes.`,
    );
  }
  return /^y(es)?$/i.test((await ask(`Is that right?${vouch} [y/N] `)).trim());
};

/** Reads the file, guesses, and writes the guess where that was asked for. */
const guessFile = async (session: OfflineSession, file: CsvFile, options: Options): Promise<Guess> => {
  const told = { ...options, identifiers: options.identifier, features: options.feature };
  const guess = guessDeclaration(file, await profileFile(file, session), told);
  if (options.save !== undefined) await writeFile(options.save, `${JSON.stringify(guess.declaration, undefined, 2)}\n`);
  return guess;
};

/** @returns undefined where the person said no */
const declare = async (
  session: Session,
  file: CsvFile,
  model: string,
  options: Options,
): Promise<CaseSource | undefined> => {
  const { label, validator } = options;
  const existing = await findModel(session, model);
  if (existing !== undefined) {
    if (label === undefined) {
      throw new SettingsError(`The model ${model} exists. Say which column is its label, by --label.`);
    }
    session.tell(`${model} exists: columns are matched with its fields by name`);
    return sourceOfModel(file, existing, findLabel(file.header, label), validator);
  }
  const guess = await guessFile(session, file, options);
  if (options.yes === true) session.tell(guessText(guess));
  else if (!(await confirm(session, guess))) {
    session.tell('Nothing was sent. Say what a column is by --label, --subject, --identifier or --feature.');
    return undefined;
  }
  expectAnswer(await session.api.PUT('/v1/models/{model}', { params: { path: { model } }, body: guess.declaration }));
  return { fields: guess.fields, labelColumn: guess.label.column, label: guess.label.declared, validator };
};

/** `import <file>`: a CSV file becomes a model and its cases. */
export const addImport = (program: Command, open: OpenSession): void => {
  program
    .command('import <file>')
    .description('make a model and its cases of a CSV file; what its columns are is guessed, and confirmed by you')
    .option('--model <name>', "of the model; default: by the file's name. One that exists gets the cases")
    .option(
      '--label <column>',
      'what is to be predicted; default: label, target, class, outcome …, else the last column',
    )
    .addOption(new Option('--task <name>', 'default: by the values of the label').choices(Object.values(Task)))
    .option('--tolerance <number>', 'largest error that counts as right, where a number is predicted', notNegative)
    .option('--subject <column>', 'whom a case is about')
    .option('--identifier <column>', 'leave this column out; may be repeated', several(text), [])
    .option('--feature <column>', 'give this column to the model; may be repeated', several(text), [])
    .option('--delimiter <character>', 'default: comma, semicolon, tab or bar', oneCharacter)
    .option('--validator <name>', 'who says that the labels are right; a pseudonym is kept', 'import')
    .option('--save <file>', 'write the declaration of the model there')
    .option('--dry-run', 'guess only; nothing is sent')
    .option('--yes', 'take the guess as it is; you vouch for texts and timestamps')
    .action(async (path: string, options: Options, command: Command) => {
      const file = await openCsv(path, options.delimiter);
      const model = options.model ?? modelNameOf(path);
      if (options.dryRun === true) {
        const terminal = open.offline(command);
        const guess = await guessFile(terminal, file, options);
        terminal.show({ model, ...guess.declaration }, () => guessText(guess));
        return;
      }
      const session = await open(command);
      const source = await declare(session, file, model, options);
      if (source === undefined) return;
      const sent = await sendCases(session, model, file, caseReader(file, source));
      const { accepted, quarantined, reasons } = await untilExamined(session, model);
      session.show({ model, sent, accepted, quarantined, reasons }, importedText);
    });
};
