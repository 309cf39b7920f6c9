import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DateOrder } from '../../cli/import/date-forms.ts';
import { DecimalMark } from '../../cli/import/number-forms.ts';
import type { Reading } from '../../cli/import/read-columns.ts';
import { openCsv } from '../../cli/import/read-csv.ts';
import { caseReader } from '../../cli/import/to-case.ts';
import { type Field, type ModelSchema, Task } from '../../contracts/model.ts';
import { FindingKind } from '../../contracts/suggestions.ts';
import { takeCensus } from '../../functions/monitoring/domain/profile/census.ts';
import type { Observation } from '../../functions/monitoring/domain/profile/observation.ts';
import { drawing } from '../../functions/monitoring/domain/profile/sample.ts';
import { suggest } from '../../functions/monitoring/domain/profile/suggest.ts';
import { judge, type Result } from '../report.ts';
import { automlFolder } from './environments.ts';
import type { Table } from './tables.ts';

/** A table with all its columns, as suggestions see them before anyone trains. */
export interface Examined {
  readonly table: string;
  /** Columns that tell the label, and how. */
  readonly leaks: Table['leaks'];
  readonly columns: number;
  /** Columns that the suggestions warn of, and as what. */
  readonly named: Readonly<Record<string, FindingKind>>;
}

type Described = Table & { readonly label: string };

/** What says that a column tells the label, or cases apart. */
const telling: readonly FindingKind[] = [FindingKind.Leak, FindingKind.KnownAfterwards, FindingKind.Identifier];

const fieldOf = (kind: string): Field => {
  if (kind === 'text' || kind === 'timestamp')
    return { kind: 'feature', type: kind, required: false, deidentified: true };
  if (kind === 'boolean') return { kind: 'feature', type: 'boolean', required: false };
  return kind === 'number'
    ? { kind: 'feature', type: 'number', required: false }
    : { kind: 'feature', type: 'category', required: false, categories: ['-'] };
};

const schemaOf = ({ features, task, classes }: Described): ModelSchema => ({
  fields: Object.fromEntries(Object.entries(features).map(([name, kind]) => [name, fieldOf(kind)])),
  label: task === 'regression' ? { type: 'number', tolerance: 1 } : { type: 'category', classes: [...classes] },
});

/** As the tables are written: what is no number or date where one is due has no value. */
const reading: Reading = {
  decimal: DecimalMark.Point,
  dates: DateOrder.DayFirst,
  missing: {},
  isNumber: true,
  isTimestamp: true,
};

const readCases = async (file: string, described: Described, schema: ModelSchema): Promise<Observation[]> => {
  const csv = await openCsv(file);
  const fields = Object.entries(schema.fields).map(([name, field]) => ({ column: name, name, field }));
  const readings = new Map(csv.header.map((column) => [column, reading]));
  const toCase = caseReader(csv, { fields, labelColumn: described.label, schema, validator: 'bench', readings });
  const subjectAt = csv.header.indexOf(described.group ?? '');
  const cases: Observation[] = [];
  for await (const row of csv.rows()) {
    const read = toCase(row);
    if (read === undefined) continue;
    cases.push({
      input: read.input as Observation['input'],
      label: read.label as Observation['label'],
      subject: row.cells[subjectAt] ?? null,
      receivedAt: new Date(row.line * 1000).toISOString(),
    });
  }
  return cases;
};

const examine = async (folder: string): Promise<Examined> => {
  const described = JSON.parse(readFileSync(join(folder, 'description.json'), 'utf8')) as Described;
  const leaky = Object.keys(described.leaks).length > 0;
  const schema = schemaOf(described);
  const cases = await readCases(join(folder, leaky ? 'table.csv' : 'train.csv'), described, schema);
  const task = described.task === 'regression' ? Task.TabularRegression : Task.TabularClassification;
  const train = cases.filter(drawing(cases.length));
  const { findings, fields } = suggest({ task, schema, train, census: takeCensus(schema, cases, []) });
  const grave = findings.filter(({ kind, severity }) => telling.includes(kind) && severity !== 'note');
  return {
    table: described.name,
    leaks: described.leaks,
    columns: fields.length,
    named: Object.fromEntries(grave.flatMap(({ field, kind }) => (field === undefined ? [] : [[field, kind]]))),
  };
};

/** Examines every table that is there, those that leak and those that do not. */
export const examineAll = async (): Promise<Examined[]> => {
  const folders = globSync('tables/*/description.json', { cwd: automlFolder }).map((file) =>
    join(automlFolder, dirname(file)),
  );
  const examined: Examined[] = [];
  for (const folder of folders.toSorted()) examined.push(await examine(folder));
  return examined;
};

/** Share of the columns that tell the label which are named. */
const namedShare = (examined: readonly Examined[]): number => {
  const leaks = examined.flatMap((table) =>
    Object.keys(table.leaks).map((column) => table.named[column] !== undefined),
  );
  return leaks.filter(Boolean).length / leaks.length;
};

export const judgeLeaks = (examined: readonly Examined[]): Result =>
  judge(
    { id: 'G13.leaks', what: 'columns that tell the label, and are named', unit: '', bound: 'at least', gate: 1 },
    namedShare(examined),
  );

const list = (columns: readonly string[]): string => (columns.length === 0 ? '–' : columns.join(', '));

/** What was found in tables that leak, and what in those that do not was warned of for nothing. */
export const leakTable = (examined: readonly Examined[]): string[][] => [
  ['table', 'columns', 'tells the label', 'named', 'warned of besides'],
  ...examined
    .filter(({ leaks, named }) => Object.keys(leaks).length + Object.keys(named).length > 0)
    .map(({ table, columns, leaks, named }) => [
      table,
      String(columns),
      list(Object.keys(leaks)),
      list(
        Object.keys(leaks).flatMap((column) => (named[column] === undefined ? [] : [`${column}: ${named[column]}`])),
      ),
      list(Object.keys(named).filter((column) => leaks[column] === undefined)),
    ]),
];
