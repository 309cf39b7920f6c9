import { booleanOf, isMissing, numberOf, timestampOf } from './cells.ts';

/** What the cells of a column have in common; its size does not grow with the file. */
export interface ColumnProfile {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  /** Different values: exact up to `mostDistinct`, more are counted as one more. */
  readonly values: ReadonlyMap<string, number>;
  readonly isNumber: boolean;
  readonly isInteger: boolean;
  readonly isBoolean: boolean;
  readonly isTimestamp: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** Standard deviation, of numbers. */
  readonly deviation: number;
  readonly longest: number;
  /** Mean number of words of a cell. */
  readonly words: number;
  /** Whether each number is larger than the one before. */
  readonly ascends: boolean;
}

const mostDistinct = 100_000;

/** Takes in the cells of one column. */
export class ColumnProfiler {
  readonly #name: string;
  readonly #decimalComma: boolean;
  readonly #values = new Map<string, number>();
  #rows = 0;
  #missing = 0;
  #numbers = 0;
  #integers = 0;
  #booleans = 0;
  #timestamps = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #mean = 0;
  #squares = 0;
  #longest = 0;
  #words = 0;
  #ascends = true;
  #last = Number.NEGATIVE_INFINITY;

  constructor(name: string, decimalComma: boolean) {
    this.#name = name;
    this.#decimalComma = decimalComma;
  }

  take(cell: string): void {
    this.#rows += 1;
    if (isMissing(cell)) {
      this.#missing += 1;
      return;
    }
    if (this.#values.has(cell) || this.#values.size < mostDistinct) {
      this.#values.set(cell, (this.#values.get(cell) ?? 0) + 1);
    }
    this.#longest = Math.max(this.#longest, cell.length);
    this.#words += cell.split(/\s+/).length;
    if (booleanOf(cell) !== undefined) this.#booleans += 1;
    if (timestampOf(cell) !== undefined) this.#timestamps += 1;
    const value = numberOf(cell, this.#decimalComma);
    if (value !== undefined) this.#takeNumber(value);
  }

  /** Mean and squares by Welford, Technometrics 4 (1962), 419–420. */
  #takeNumber(value: number): void {
    this.#numbers += 1;
    if (Number.isInteger(value)) this.#integers += 1;
    const distance = value - this.#mean;
    this.#mean += distance / this.#numbers;
    this.#squares += distance * (value - this.#mean);
    this.#minimum = Math.min(this.#minimum, value);
    this.#maximum = Math.max(this.#maximum, value);
    if (value <= this.#last) this.#ascends = false;
    this.#last = value;
  }

  get profile(): ColumnProfile {
    const known = this.#rows - this.#missing;
    const all = (count: number): boolean => known > 0 && count === known;
    return {
      name: this.#name,
      rows: this.#rows,
      missing: this.#missing,
      values: this.#values,
      isNumber: all(this.#numbers),
      isInteger: all(this.#integers),
      isBoolean: all(this.#booleans),
      isTimestamp: all(this.#timestamps),
      minimum: this.#minimum,
      maximum: this.#maximum,
      deviation: Math.sqrt(this.#squares / Math.max(1, this.#numbers)),
      longest: this.#longest,
      words: this.#words / Math.max(1, known),
      ascends: this.#ascends && known > 1,
    };
  }
}
