import type { Terminal } from '../session.ts';
import { FileError } from './errors.ts';
import type { MissingMarks } from './missing-marks.ts';
import { type ColumnProfile, ColumnProfiler } from './profile-column.ts';
import type { CsvFile } from './read-csv.ts';

/** Fewer cannot be divided into cases to train on and cases to hold out; a model that exists takes any. */
export const FewestRows = { NewModel: 10, ExistingModel: 1 } as const;
type FewestRows = (typeof FewestRows)[keyof typeof FewestRows];

const progressMilliseconds = 2000;

interface Telling extends Pick<Terminal, 'tell'> {
  now(): number;
}

/**
 * Reads a file once, and says what its columns have in common.
 *
 * @throws FileError for a row that is none, or too few rows
 */
export const profileFile = async (
  file: CsvFile,
  { tell, now }: Telling,
  { fewestRows, missing }: { readonly fewestRows: FewestRows; readonly missing: MissingMarks },
): Promise<ColumnProfile[]> => {
  const profilers = file.header.map((name) => new ColumnProfiler(name, missing));
  let rows = 0;
  let told = now();
  for await (const { line, cells } of file.rows()) {
    for (const [index, cell] of cells.entries()) profilers[index]?.take(cell, line);
    rows += 1;
    if (now() - told >= progressMilliseconds) {
      told = now();
      tell(`reading: ${rows.toLocaleString('en')} rows`);
    }
  }
  if (rows < fewestRows) {
    throw new FileError(
      `Expected at least ${fewestRows} rows below the header, found ${rows}. ${fewestRows === FewestRows.NewModel ? 'A model needs more to learn from.' : 'There is nothing to send.'}`,
    );
  }
  return profilers.map(({ profile }) => profile);
};
