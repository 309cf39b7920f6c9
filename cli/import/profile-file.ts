import type { Terminal } from '../session.ts';
import { FileError } from './errors.ts';
import { type ColumnProfile, ColumnProfiler } from './profile-column.ts';
import type { CsvFile } from './read-csv.ts';

/** Fewer cannot be divided into cases to train on and cases to hold out. */
const fewestRows = 10;
const progressMilliseconds = 2000;

interface Telling extends Pick<Terminal, 'tell'> {
  now(): number;
}

/**
 * Reads a file once, and says what its columns have in common.
 *
 * @throws FileError for a row that is none, or too few rows
 */
export const profileFile = async (file: CsvFile, { tell, now }: Telling): Promise<ColumnProfile[]> => {
  // Where commas are not delimiters, they may be decimal points.
  const profilers = file.header.map((name) => new ColumnProfiler(name, file.delimiter !== ','));
  let rows = 0;
  let told = now();
  for await (const { cells } of file.rows()) {
    for (const [index, cell] of cells.entries()) profilers[index]?.take(cell);
    rows += 1;
    if (now() - told >= progressMilliseconds) {
      told = now();
      tell(`reading: ${rows.toLocaleString('en')} rows`);
    }
  }
  if (rows < fewestRows) {
    throw new FileError(
      `Expected at least ${fewestRows} rows below the header, found ${rows}. A model needs more to learn from.`,
    );
  }
  return profilers.map(({ profile }) => profile);
};
