import { createHash } from 'node:crypto';
import type { Schemas } from '../../client/index.ts';
import { QuarantineReason } from '../../contracts/cases.ts';
import type { Session } from '../session.ts';
import { largestCase } from './batches.ts';
import { FileError } from './errors.ts';
import type { CsvFile, CsvRow } from './read-csv.ts';
import type { CaseSource } from './to-case.ts';
import { fieldFault, labelFault } from './value-faults.ts';

/** Where a row does not fit the model. */
export interface Place {
  readonly line: number;
  /** Absent where the row as a whole does not. */
  readonly column?: string | undefined;
}

/** Rows that are kept out for one reason. */
export interface KeptOut {
  readonly reason: QuarantineReason;
  readonly rows: number;
  /** The first of them. */
  readonly first: readonly Place[];
}

/** What the rows of a file are to the model, before they are sent. */
export interface Examination {
  /** Rows that have a label. */
  readonly labelled: number;
  /** Rows with a value that does not fit the schema. */
  readonly faulty: number;
  readonly keptOut: readonly KeptOut[];
  /** Lines of the first rows that repeat one before them. */
  readonly repeated: readonly number[];
}

const placesTold = 5;
/** Beyond these no repetition is looked for: what is remembered of a row does not grow with the file. */
const rowsRemembered = 1_000_000;
const progressMilliseconds = 2000;

/** Counts rows by reason, and keeps where the first of them are. */
class PlaceCounts {
  readonly #counts = new Map<QuarantineReason, { rows: number; first: Place[] }>();

  add(reason: QuarantineReason, place: Place): void {
    const counted = this.#counts.get(reason) ?? { rows: 0, first: [] };
    this.#counts.set(reason, counted);
    counted.rows += 1;
    if (counted.first.length < placesTold) counted.first.push(place);
  }

  get keptOut(): KeptOut[] {
    return [...this.#counts].map(([reason, counted]) => ({ reason, ...counted }));
  }
}

type Faults = ReadonlyMap<QuarantineReason, string>;

/** The first faulty column for each reason that keeps a case out. */
const faultsOf = ({ fields, schema, labelColumn }: CaseSource, { input, label }: Schemas['NewCase']): Faults => {
  const faults = new Map<QuarantineReason, string>();
  const add = (reason: QuarantineReason | undefined, column: string): void => {
    if (reason !== undefined && !faults.has(reason)) faults.set(reason, column);
  };
  for (const { column, name, field } of fields) add(fieldFault(field, input[name] ?? null), column);
  add(labelFault(schema.label, label), labelColumn);
  return faults;
};

/**
 * Reads a file as it will be sent, and says which rows the platform will keep out and where they are.
 *
 * @throws FileError where a row is larger than a request may be, or no row fits
 */
export const examineRows = async (
  { tell, now }: Pick<Session, 'tell' | 'now'>,
  file: CsvFile,
  source: CaseSource,
  caseOf: (row: CsvRow) => Schemas['NewCase'] | undefined,
): Promise<Examination> => {
  const counts = new PlaceCounts();
  const seen = new Set<string>();
  const repeated: number[] = [];
  let [labelled, faulty, rows, told] = [0, 0, 0, now()];

  const remember = (line: number, input: unknown): void => {
    if (seen.size >= rowsRemembered || repeated.length >= placesTold) return;
    const content = createHash('sha1').update(JSON.stringify(input)).digest('base64');
    if (seen.has(content)) repeated.push(line);
    seen.add(content);
  };

  for await (const row of file.rows()) {
    rows += 1;
    if (now() - told >= progressMilliseconds) {
      told = now();
      tell(`checking: ${rows.toLocaleString('en')} rows`);
    }
    const given = caseOf(row);
    if (given === undefined) continue;
    const bytes = Buffer.byteLength(JSON.stringify(given));
    if (bytes > largestCase) {
      throw new FileError(
        `Expected rows of at most ${largestCase.toLocaleString('en')} bytes as they are sent, line ${row.line} has ${bytes.toLocaleString('en')}. Shorten it, or leave out columns by --identifier. Nothing was sent.`,
      );
    }
    labelled += 1;
    const faults = faultsOf(source, given);
    for (const [reason, column] of faults) counts.add(reason, { line: row.line, column });
    if (faults.size > 0) faulty += 1;
    else remember(row.line, given.input);
  }
  return { labelled, faulty, keptOut: counts.keptOut, repeated };
};

const placeOf = ({ line, column }: Place): string =>
  column === undefined ? `line ${line}` : `line ${line} (${column})`;

/** Such as `12 unknown-label: line 3 (diagnosis), line 9 (diagnosis) …` */
export const keptOutText = ({ reason, rows, first }: KeptOut): string => {
  const places = first.length === 0 ? '' : `: ${first.map(placeOf).join(', ')}${rows > first.length ? ' …' : ''}`;
  return `${rows.toLocaleString('en')} ${reason}${places}`;
};

/** @throws FileError where no row of the file would be trained on */
export const expectFitting = (
  { labelled, faulty, keptOut }: Examination,
  { labelColumn, schema }: CaseSource,
): void => {
  if (labelled === 0) {
    throw new FileError(
      `Expected labels in the column ${labelColumn}, no row has one. Name another by --label. Nothing was sent.`,
    );
  }
  const { label } = schema;
  const unknown = keptOut.find(({ reason }) => reason === QuarantineReason.UnknownLabel);
  if (unknown !== undefined && unknown.rows === labelled) {
    const expected = label.type === 'number' ? 'numbers' : `one of ${label.classes.slice(0, 10).join(', ')}`;
    throw new FileError(
      `Expected labels in the column ${labelColumn} to be ${expected}; in all ${labelled} rows they are something else. Name another column by --label. Nothing was sent.`,
    );
  }
  if (faulty === labelled) {
    throw new FileError(
      `Expected rows that fit the model, all ${labelled} would be kept out: ${keptOut.map(keptOutText).join('; ')}. Correct these columns, or leave them out by --identifier. Nothing was sent.`,
    );
  }
};
