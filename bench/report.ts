import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What is measured, and from when on it is good enough. */
export interface Goal {
  /** As the page of figures names it; a goal of several gates has several ids: `G3.fastapi`. */
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  /** Whether the value may be at most, or has to be at least, the gate. */
  readonly bound: 'at most' | 'at least';
  readonly gate: number;
  /** What would be better still; reported, never required. @default none */
  readonly stretch?: number;
  /** Standard errors by which an estimate may miss the gate and still pass. @default 0 */
  readonly grace?: number;
}

export interface Result extends Goal {
  readonly value: number;
  /** Standard error of the value. @default none: it is no estimate */
  readonly error?: number;
  readonly pass: boolean;
}

const holds = ({ bound }: Goal, value: number, limit: number): boolean =>
  bound === 'at most' ? value <= limit : value >= limit;

/**
 * @param value - a NaN passes no gate
 * @param error - standard error of the value, where it is an estimate
 */
export const judge = (goal: Goal, value: number, error?: number): Result => {
  const slack = (goal.grace ?? 0) * (error ?? 0);
  const limit = goal.bound === 'at most' ? goal.gate + slack : goal.gate - slack;
  return { ...goal, value, ...(error !== undefined && { error }), pass: holds(goal, value, limit) };
};

const sign = { 'at most': '≤', 'at least': '≥' } as const;

/** Three digits, and no more than it takes. */
const show = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

const columns = ['goal', 'what', 'value', 'gate', 'stretch', ''];

const row = (result: Result): string[] => {
  const { id, what, value, error, unit, bound, gate, grace, stretch, pass } = result;
  const reached = stretch !== undefined && holds(result, value, stretch) ? ' reached' : '';
  return [
    id,
    what,
    `${show(value)}${error === undefined ? '' : ` ± ${Number(error.toPrecision(2))}`} ${unit}`.trimEnd(),
    `${sign[bound]} ${show(gate)} ${unit}${grace === undefined ? '' : ` ${bound === 'at most' ? '+' : '−'} ${grace} SE`}`.trimEnd(),
    stretch === undefined ? '' : `${sign[bound]} ${show(stretch)}${reached}`,
    pass ? 'pass' : 'FAIL',
  ];
};

/** Rows under their heads, first of them the heads, as a table for a terminal. */
export const textTable = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
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
export const markdownTable = ([heads = [], ...rows]: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const rowsOf = (results: readonly Result[]): string[][] => [columns, ...results.map(row)];

export const tableOf = (results: readonly Result[]): string => textTable(rowsOf(results));

export const markdownOf = (results: readonly Result[]): string => markdownTable(rowsOf(results));

/** What the figures were read on: they mean little without it. */
export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ` +
  `${process.arch}, Node ${process.versions.node}`;

/**
 * Prints the table, writes the JSON that was asked for, and lets the command end with 1 where a gate fails.
 * @param more - goes into the JSON beside the results
 */
export const finish = (results: readonly Result[], json: string | undefined, more: object = {}): void => {
  console.log(`\n${tableOf(results)}\n`);
  if (json !== undefined) {
    const content = results.map(({ id, what, value, error, unit, bound, gate, pass }) => ({
      id,
      what,
      value,
      error,
      unit,
      gate: `${sign[bound]} ${gate}`,
      pass,
    }));
    writeFileSync(json, `${JSON.stringify({ results: content, ...more }, null, 2)}\n`);
  }
  const failed = results.filter(({ pass }) => !pass);
  if (failed.length > 0) {
    console.error(`${failed.length} of ${results.length} gates fail: ${failed.map(({ id }) => id).join(', ')}`);
    process.exitCode = 1;
  }
};
