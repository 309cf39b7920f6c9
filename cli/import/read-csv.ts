import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { FileError } from './errors.ts';

/** Beyond this a file is read twice for many minutes, to send cases one batch after the other. */
const largestBytes = 512 * 1024 ** 2;
const longestRecord = 1_000_000;
const headBytes = 65_536;
const delimiters = [',', ';', '\t', '|'] as const;

/** A row below the header. */
export interface CsvRow {
  /** In the file, from 1. */
  readonly line: number;
  /** One for each column. */
  readonly cells: readonly string[];
}

export interface CsvFile {
  readonly path: string;
  readonly bytes: number;
  readonly delimiter: string;
  /** Names of the columns, each once. */
  readonly header: readonly string[];
  /** Reads the file from its beginning. @throws FileError at the first row that is none */
  rows(): AsyncIterable<CsvRow>;
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2).toLocaleString('en')} MB`;

const utf16 = (head: Buffer): boolean =>
  (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);

const readHead = async (path: string): Promise<{ head: Buffer; bytes: number }> => {
  const found = await stat(path).catch((cause: unknown) => {
    throw new FileError(`Expected a file ${path}, found none that can be read. Check its name.`, { cause });
  });
  if (!found.isFile()) throw new FileError(`Expected ${path} to be a file, found something else. Name a CSV file.`);
  if (found.size === 0) throw new FileError(`Expected a header and rows in ${path}, found an empty file.`);
  if (found.size > largestBytes) {
    throw new FileError(
      `Expected a file of at most ${megabytes(largestBytes)}, ${path} has ${megabytes(found.size)}. Split it, each part with the header, and import the parts one after the other.`,
    );
  }
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return { head: buffer.subarray(0, bytesRead), bytes: found.size };
  } finally {
    await file.close();
  }
};

/** How a file is cut into cells. */
interface Format {
  readonly delimiter: string;
  /** Line of the header. */
  readonly headerLine: number;
}

/** Excel's own first line, which names the delimiter. */
const namedDelimiter = /^\ufeff?"?sep=(.)"?\r?\n/;

/** The delimiter that a first line `sep=;` names, else the one that the first line has most of outside quotes. */
const guessFormat = (head: Buffer): Format => {
  const text = head.toString('utf8');
  const named = namedDelimiter.exec(text)?.[1];
  if (named !== undefined) return { delimiter: named, headerLine: 2 };
  const [line = ''] = text.replaceAll(/"[^"]*"/g, '').split(/\r?\n/, 1);
  const counts = delimiters.map((delimiter) => line.split(delimiter).length - 1);
  return { delimiter: delimiters[counts.indexOf(Math.max(...counts))] ?? ',', headerLine: 1 };
};

const isEncodingFault = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

const lineFeed = 10;

/** The first line that is no UTF-8: the file is read again, line by line. */
const faultyLine = async (path: string): Promise<number> => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: headBytes })) {
      const bytes = chunk as Buffer;
      for (let from = 0; from < bytes.length; ) {
        const end = bytes.indexOf(lineFeed, from);
        const to = end < 0 ? bytes.length : end + 1;
        decoder.decode(bytes.subarray(from, to), { stream: true });
        if (end >= 0) line += 1;
        from = to;
      }
    }
  } catch (error) {
    if (!isEncodingFault(error)) throw error;
  }
  return line;
};

async function* decode(path: string): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: headBytes })) {
      yield decoder.decode(bytes as Buffer, { stream: true });
    }
    yield decoder.decode();
  } catch (cause) {
    if (!isEncodingFault(cause)) throw cause;
    throw new FileError(
      `Expected text in UTF-8, found other bytes in line ${await faultyLine(path)}. Save the file as UTF-8, for instance with: iconv -f latin1 -t utf-8`,
      { cause },
    );
  }
}

const describeFault = ({ code, lines }: CsvError): string => {
  const place = `line ${String(lines ?? '?')}`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return `Expected every quote to be closed; the one opened near ${place} is not.`;
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return `Expected rows of at most ${longestRecord.toLocaleString('en')} characters, found a longer one near ${place}. Is a quote left open there?`;
  }
  return `Expected quotes only around whole cells, doubled inside them; near ${place} they are not. Correct that line.`;
};

interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

async function* parseRows(path: string, { delimiter, headerLine }: Format): AsyncIterable<CsvRow> {
  const parser = Readable.from(decode(path)).compose(
    parse({
      delimiter,
      from_line: headerLine,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longestRecord,
    }),
  );
  try {
    for await (const { info, record } of parser as AsyncIterable<Parsed>) {
      yield { line: info.lines, cells: record.map((cell) => cell.trim()) };
    }
  } catch (cause) {
    throw cause instanceof CsvError ? new FileError(describeFault(cause), { cause }) : cause;
  }
}

/** A table that was saved with its index has it in a first column without a name. */
const nameIndex = (header: readonly string[]): readonly string[] => {
  if (header[0] !== '' || header.length < 2) return header;
  const free = ['index', 'row index', 'file row index'].find((name) => !header.includes(name));
  return [free ?? '', ...header.slice(1)];
};

const checkHeader = (header: readonly string[]): void => {
  const empty = header.indexOf('');
  if (empty >= 0) {
    throw new FileError(
      `Expected a name for every column, column ${empty + 1} of ${header.length} has none. Name it in the first line.`,
    );
  }
  const repeated = header.find((name, index) => header.indexOf(name) < index);
  if (repeated !== undefined) {
    throw new FileError(
      `Expected each column once, the header has ${JSON.stringify(repeated)} several times. Rename or remove one.`,
    );
  }
};

/**
 * Opens a CSV file, and reads its header.
 *
 * @param delimiter - default: what a first line `sep=;` says, else comma, semicolon, tab or bar, whichever the first line
 *   has most of
 * @throws FileError for a file that is missing, empty, too large, no UTF-8 text, or without a usable header
 */
export const openCsv = async (path: string, delimiter?: string): Promise<CsvFile> => {
  const { head, bytes } = await readHead(path);
  if (utf16(head)) {
    throw new FileError(
      'Expected text in UTF-8, found UTF-16. Save the file as UTF-8, for instance with: iconv -f utf-16 -t utf-8',
    );
  }
  if (head.includes(0)) throw new FileError(`Expected a text file, ${path} holds binary data. Export it as CSV.`);
  const guessed = guessFormat(head);
  const format = { ...guessed, delimiter: delimiter ?? guessed.delimiter };
  const chosen = format.delimiter;
  let header: readonly string[] | undefined;
  for await (const { cells } of parseRows(path, format)) {
    header = nameIndex(cells);
    break;
  }
  if (header === undefined) throw new FileError(`Expected a header and rows in ${path}, found blank lines alone.`);
  checkHeader(header);
  if (header.length < 2) {
    throw new FileError(
      `Expected at least two columns, a label and something to tell it by; with the delimiter ${JSON.stringify(chosen)} there is one. Give another by --delimiter.`,
    );
  }
  const names = header;
  return {
    path,
    bytes,
    delimiter: chosen,
    header: names,
    rows: async function* () {
      let isHeader = true;
      for await (const row of parseRows(path, format)) {
        if (isHeader) {
          isHeader = false;
          continue;
        }
        if (row.cells.length !== names.length) {
          throw new FileError(
            `Expected ${names.length} columns as in the header, line ${row.line} has ${row.cells.length}. Correct that line; cells with a ${JSON.stringify(chosen)} inside need quotes.`,
          );
        }
        yield row;
      }
    },
  };
};
