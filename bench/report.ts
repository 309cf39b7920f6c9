import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

/** What is measured, and from when on it is good enough. */
export interface Goal {
  /** Of PERFORMANCE's table; a goal of several gates has several ids: `G3.fastapi`. */
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  /** Whether the value may be at most, or has to be at least, the gate. */
  readonly bound: 'at most' | 'at least';
  readonly gate: number;
  /** What would be better still; reported, never required. @default none */
  readonly stretch?: number;
}

export interface Result extends Goal {
  readonly value: number;
  readonly pass: boolean;
}

const holds = ({ bound }: Goal, value: number, limit: number): boolean =>
  bound === 'at most' ? value <= limit : value >= limit;

/** @param value - a NaN passes no gate */
export const judge = (goal: Goal, value: number): Result => ({ ...goal, value, pass: holds(goal, value, goal.gate) });

const sign = { 'at most': '≤', 'at least': '≥' } as const;

/** Three digits, and no more than it takes. */
const show = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

const columns = ['goal', 'what', 'value', 'gate', 'stretch', ''];

const row = (result: Result): string[] => {
  const { id, what, value, unit, bound, gate, stretch, pass } = result;
  const reached = stretch !== undefined && holds(result, value, stretch) ? ' reached' : '';
  return [
    id,
    what,
    `${show(value)} ${unit}`,
    `${sign[bound]} ${show(gate)} ${unit}`,
    stretch === undefined ? '' : `${sign[bound]} ${show(stretch)}${reached}`,
    pass ? 'pass' : 'FAIL',
  ];
};

/** The results as a table for a terminal. */
export const tableOf = (results: readonly Result[]): string => {
  const rows = [columns, ...results.map(row)];
  const widths = columns.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** The same for a page. */
export const markdownOf = (results: readonly Result[]): string =>
  [columns, columns.map(() => '---'), ...results.map(row)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** What the figures were read on: they mean little without it. */
export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ` +
  `${process.arch}, Node ${process.versions.node}`;

/** `--json FILE`, which every bench takes. */
export const readBenchArguments = (): { json: string | undefined } => {
  const { values } = parseArgs({ options: { json: { type: 'string' } } });
  return { json: values.json };
};

/** Prints the table, writes the JSON that was asked for, and lets the command end with 1 where a gate fails. */
export const finish = (results: readonly Result[], json: string | undefined): void => {
  console.log(`\n${tableOf(results)}\n`);
  if (json !== undefined) {
    const content = results.map(({ id, what, value, unit, bound, gate, pass }) => ({
      id,
      what,
      value,
      unit,
      gate: `${sign[bound]} ${gate}`,
      pass,
    }));
    writeFileSync(json, `${JSON.stringify({ results: content }, null, 2)}\n`);
  }
  const failed = results.filter(({ pass }) => !pass);
  if (failed.length > 0) {
    console.error(`${failed.length} of ${results.length} gates fail: ${failed.map(({ id }) => id).join(', ')}`);
    process.exitCode = 1;
  }
};
