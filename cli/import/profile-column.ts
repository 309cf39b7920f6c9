import { booleanOf, isMark } from './cells.ts';
import { compactDateOf, DateOrder, timestampOf } from './date-forms.ts';
import { isEmpty, type MissingMarks } from './missing-marks.ts';
import { DecimalMark, isWithUnit } from './number-forms.ts';
import { type FoundCell, type NumberProfile, NumberTally } from './number-tally.ts';
import { type Ways, WaysTally } from './ways.ts';

/** What the cells of a column have in common; its size does not grow with the file. */
export interface ColumnProfile {
  readonly name: string;
  readonly rows: number;
  /** Cells without a value whatever the column is. */
  readonly empty: number;
  /** Marks such as NA, as they are written; in a column of classes they may be one of them. */
  readonly marks: ReadonlyMap<string, number>;
  /** Different values besides: exact up to `mostDistinct`, more are counted as one more. */
  readonly values: ReadonlyMap<string, number>;
  /** Cells with a value. */
  readonly known: number;
  readonly numbers: Readonly<Record<DecimalMark, NumberProfile>>;
  readonly numberWays: Ways<DecimalMark>;
  /** Numbers but for a sign of a currency or a percent. */
  readonly withUnit: number;
  readonly booleans: number;
  /** Dates and times. */
  readonly dateWays: Ways<DateOrder>;
  /** The first cell that is no date or time in either order. */
  readonly noDate?: FoundCell | undefined;
  /** Dates of eight digits. */
  readonly compactDates: number;
  readonly longest: { readonly characters: number; readonly line: number };
  /** Cells that are longer than a text may be. */
  readonly tooLong: { readonly count: number; readonly line: number };
  /** Mean number of words of a cell. */
  readonly words: number;
}

const mostDistinct = 100_000;
/** Of a text. */
export const longestText = 4000;

/** Takes in the cells of one column. */
export class ColumnProfiler {
  readonly #name: string;
  readonly #missing: MissingMarks;
  readonly #marks = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #point = new NumberTally(DecimalMark.Point);
  readonly #comma = new NumberTally(DecimalMark.Comma);
  readonly #numberWays = new WaysTally<DecimalMark>([DecimalMark.Point, DecimalMark.Comma]);
  readonly #dateWays = new WaysTally<DateOrder>([DateOrder.DayFirst, DateOrder.MonthFirst]);
  readonly #longest = { characters: 0, line: 0 };
  readonly #tooLong = { count: 0, line: 0 };
  #noDate: FoundCell | undefined;
  #rows = 0;
  #empty = 0;
  #known = 0;
  #withUnit = 0;
  #booleans = 0;
  #compactDates = 0;
  #words = 0;

  constructor(name: string, missing: MissingMarks) {
    this.#name = name;
    this.#missing = missing;
  }

  take(cell: string, line: number): void {
    this.#rows += 1;
    if (isEmpty(cell, this.#missing)) {
      this.#empty += 1;
      return;
    }
    if (isMark(cell)) {
      this.#marks.set(cell, (this.#marks.get(cell) ?? 0) + 1);
      return;
    }
    this.#known += 1;
    if (this.#values.has(cell) || this.#values.size < mostDistinct) {
      this.#values.set(cell, (this.#values.get(cell) ?? 0) + 1);
    }
    this.#takeLength(cell, line);
    this.#words += cell.split(/\s+/).length;
    if (booleanOf(cell) !== undefined) this.#booleans += 1;
    if (compactDateOf(cell) !== undefined) this.#compactDates += 1;
    if (isWithUnit(cell)) this.#withUnit += 1;
    this.#numberWays.take({ line, cell }, [this.#point.take(cell, line), this.#comma.take(cell, line)]);
    const dates = [timestampOf(cell, DateOrder.DayFirst), timestampOf(cell, DateOrder.MonthFirst)] as const;
    this.#dateWays.take({ line, cell }, dates);
    if (dates[0] === undefined && dates[1] === undefined) this.#noDate ??= { line, cell };
  }

  #takeLength(cell: string, line: number): void {
    if (cell.length > this.#longest.characters) Object.assign(this.#longest, { characters: cell.length, line });
    if (cell.length <= longestText) return;
    if (this.#tooLong.count === 0) this.#tooLong.line = line;
    this.#tooLong.count += 1;
  }

  get profile(): ColumnProfile {
    return {
      name: this.#name,
      rows: this.#rows,
      empty: this.#empty,
      marks: this.#marks,
      values: this.#values,
      known: this.#known,
      numbers: { point: this.#point.profile, comma: this.#comma.profile },
      numberWays: this.#numberWays.ways,
      withUnit: this.#withUnit,
      booleans: this.#booleans,
      dateWays: this.#dateWays.ways,
      noDate: this.#noDate,
      compactDates: this.#compactDates,
      longest: this.#longest,
      tooLong: this.#tooLong,
      words: this.#words / Math.max(1, this.#known),
    };
  }
}
