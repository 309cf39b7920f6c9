import type { Figures } from '../pool.ts';
import type { Estimate, Summary } from '../summary.ts';

/** Rows of cells, the first of them the heads. */
export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

export const none = '–';

/** Leaves out rows of which nothing has been simulated. */
export const createTable = (title: string, heads: readonly string[], rows: readonly (readonly string[])[]): Table => ({
  title,
  rows: [heads, ...rows.filter((cells) => cells.slice(1).some((cell) => cell !== none))],
});

/** Where a figure is: its study and its name; none where nothing was simulated. */
export type Place = readonly [study: string, figure: string] | undefined;

export const figureAt = (figures: Figures, place: Place): Summary | undefined =>
  place === undefined ? undefined : figures[place[0]]?.[place[1]];

/** `4.07 ± 0.20%`. */
export const percent = ({ value, error }: Estimate): string => {
  const digits = value < 0.1 || error < 0.001 ? 2 : 1;
  return `${(100 * value).toFixed(digits)} ± ${(100 * error).toFixed(digits)}%`;
};

/** `7,140`, or more than the horizon. */
export const size = (outcomes: number | undefined): string => {
  if (outcomes === undefined) return none;
  return Number.isFinite(outcomes) ? Math.round(outcomes).toLocaleString('en-US') : 'not by then';
};

export const sizeWithError = ({ value, error }: Estimate): string =>
  Number.isFinite(value) && Number.isFinite(error) ? `${size(value)} ± ${size(error)}` : size(value);

/** The share that decided. */
export const rateCell = (figures: Figures, place: Place): string => {
  const summary = figureAt(figures, place);
  return summary === undefined ? none : percent(summary.rate);
};

export const medianCell = (figures: Figures, place: Place): string => {
  const summary = figureAt(figures, place);
  return summary === undefined ? none : sizeWithError(summary.median);
};
