/** How a cell of a CSV file is read by itself; numbers and dates depend on their column: number-forms.ts, date-forms.ts. */

/** What files write in place of a value. In a column of classes it may be one of them: missing-marks.ts. */
const marks: ReadonlySet<string> = new Set(['na', 'n/a', '#n/a', 'nan', 'null', 'none', '?', '.', '-', 'missing']);
const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['t', true],
  ['y', true],
  ['false', false],
  ['no', false],
  ['f', false],
  ['n', false],
]);

export const isMark = (cell: string): boolean => marks.has(cell.toLowerCase());

export const booleanOf = (cell: string): boolean | undefined => truths.get(cell.toLowerCase());

const longestShown = 30;

/** A cell as it is shown to a person, on one line. */
export const shown = (cell: string): string => {
  const line = cell.replaceAll(/\s+/g, ' ');
  return line.length > longestShown ? `${line.slice(0, longestShown)}…` : line;
};
