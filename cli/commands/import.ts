import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import { ModelDeclaration, Task } from '../../contracts/model.ts';
import { notNegative, several } from '../arguments.ts';
import { SettingsError, UnfinishedError } from '../errors.ts';
import { DateOrder } from '../import/date-forms.ts';
import { type Examination, examineRows, expectFitting, keptOutText } from '../import/examine-rows.ts';
import { matchModel } from '../import/existing-model.ts';
import { findKeptOut } from '../import/find-kept-out.ts';
import { type Guess, guessDeclaration } from '../import/guess-declaration.ts';
import { findLabel } from '../import/guess-label.ts';
import { DecimalMark } from '../import/number-forms.ts';
import { FewestRows, profileFile } from '../import/profile-file.ts';
import { type Column, readColumns } from '../import/read-columns.ts';
import { type CsvFile, openCsv } from '../import/read-csv.ts';
import { caseStatistics, sendCases, untilExamined } from '../import/send-cases.ts';
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
  readonly decimal?: DecimalMark;
  readonly dates?: DateOrder;
  readonly missing?: string[];
  readonly delimiter?: string;
  readonly validator: string;
  readonly save?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** A file, and how its rows become cases. */
interface Prepared {
  readonly source: CaseSource;
  readonly examination: Examination;
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

const readFile = async (
  session: OfflineSession,
  file: CsvFile,
  { decimal, dates, missing }: Options,
  fewestRows: (typeof FewestRows)[keyof typeof FewestRows],
): Promise<Column[]> => {
  const marks = { told: missing && new Set(missing.map((mark) => mark.trim().toLowerCase())) };
  const profiles = await profileFile(file, session, { fewestRows, missing: marks });
  return readColumns(profiles, file.delimiter, { decimal, dates, missing: marks });
};

/** Checks every row, and tells which the platform will keep out. @throws FileError where none fits */
const examine = async (session: OfflineSession, file: CsvFile, source: CaseSource): Promise<Prepared> => {
  const examination = await examineRows(session, file, source, caseReader(file, source));
  expectFitting(examination, source);
  for (const keptOut of examination.keptOut) session.tell(`will be kept out: ${keptOutText(keptOut)}`);
  return { source, examination };
};

/** Reads the file, guesses, and writes the guess where that was asked for. */
const guessFile = async (
  session: OfflineSession,
  file: CsvFile,
  options: Options,
): Promise<Prepared & { readonly guess: Guess }> => {
  const columns = await readFile(session, file, options, FewestRows.NewModel);
  const told = { ...options, identifiers: options.identifier, features: options.feature };
  const guess = guessDeclaration(file, columns, told);
  const prepared = await examine(session, file, {
    fields: guess.fields,
    labelColumn: guess.label.column,
    schema: guess.declaration.schema,
    validator: options.validator,
    readings: new Map(columns.map(({ name, reading }) => [name, reading])),
  });
  if (options.save !== undefined) await writeFile(options.save, `${JSON.stringify(guess.declaration, undefined, 2)}\n`);
  return { ...prepared, guess };
};

const matchFile = async (
  session: Session,
  file: CsvFile,
  model: string,
  existing: ModelDeclaration,
  options: Options,
): Promise<Prepared> => {
  const { label, validator, identifier, feature } = options;
  if (label === undefined) {
    throw new SettingsError(`The model ${model} exists. Say which column is its label, by --label.`);
  }
  session.tell(`${model} exists: columns are matched with its fields by name`);
  const labelColumn = findLabel(file.header, label);
  const columns = await readFile(session, file, options, FewestRows.ExistingModel);
  const told = { labelColumn, validator, identifiers: identifier, features: feature };
  const { source, said } = matchModel(existing, columns, told);
  for (const sentence of said) session.tell(sentence);
  return examine(session, file, source);
};

/** @returns undefined where the person said no */
const declare = async (
  session: Session,
  file: CsvFile,
  model: string,
  options: Options,
): Promise<Prepared | undefined> => {
  const existing = await findModel(session, model);
  if (existing !== undefined) return matchFile(session, file, model, existing, options);
  const { guess, ...prepared } = await guessFile(session, file, options);
  if (options.yes === true) session.tell(guessText(guess));
  else if (!(await confirm(session, guess))) {
    session.tell(
      'Nothing was sent. Say what a column is by --label, --subject, --identifier or --feature, and how cells are read by --decimal, --dates or --missing.',
    );
    return undefined;
  }
  expectAnswer(await session.api.PUT('/v1/models/{model}', { params: { path: { model } }, body: guess.declaration }));
  return prepared;
};

/** Sends a file that was examined, and shows what became of it. @throws UnfinishedError while cases wait */
const send = async (session: Session, file: CsvFile, model: string, { source, examination }: Prepared) => {
  const before = await caseStatistics(session, model);
  const caseOf = caseReader(file, source);
  const { sent, ids } = await sendCases(session, { model, file, caseOf, remembered: examination.repeated });
  const after = await untilExamined(session, model);
  const keptOut = await findKeptOut(session, model, { examination, ids, before, after });
  const { accepted, quarantined, pending, reasons } = after;
  session.show({ model, sent, keptOut, accepted, quarantined, pending, reasons }, importedText);
  if (pending > 0) {
    throw new UnfinishedError(
      `Expected every case to be examined by now, ${pending.toLocaleString('en')} still wait. Nothing is lost; look again before you train, with relearn suggest ${model} --cut.`,
    );
  }
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
    .addOption(
      new Option(
        '--decimal <mark>',
        'how 1,234 or 1.234 is read where its column does not tell; default: as the other columns are',
      ).choices(Object.values(DecimalMark)),
    )
    .addOption(
      new Option(
        '--dates <order>',
        'how 03/04/2026 is read where its column does not tell; default: as the other columns are',
      ).choices(Object.values(DateOrder)),
    )
    .option(
      '--missing <mark>',
      "this means no value, in every column; default: NA, none, - … where they are rarer than classes; '' : no such mark does; may be repeated",
      several(text),
    )
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
        const { guess } = await guessFile(terminal, file, options);
        terminal.show({ model, ...guess.declaration }, () => guessText(guess));
        return;
      }
      const session = await open(command);
      const prepared = await declare(session, file, model, options);
      if (prepared !== undefined) await send(session, file, model, prepared);
    });
};
