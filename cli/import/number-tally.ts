import { type DecimalMark, numberOf } from './number-forms.ts';

/** Where a cell is. */
export interface FoundCell {
  readonly line: number;
  readonly cell: string;
}

/** The cells of a column that one way of reading understands. */
export interface NumberProfile {
  readonly count: number;
  readonly integers: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Standard deviation. */
  readonly deviation: number;
  /** Whether each number is larger than the one before. */
  readonly ascends: boolean;
  /** The first cell that is no number. */
  readonly stray?: FoundCell | undefined;
}

/** Takes in the cells of one column as numbers with one decimal mark. */
export class NumberTally {
  readonly #decimal: DecimalMark;
  #count = 0;
  #integers = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #mean = 0;
  #squares = 0;
  #ascends = true;
  #last = Number.NEGATIVE_INFINITY;
  #stray: FoundCell | undefined;

  constructor(decimal: DecimalMark) {
    this.#decimal = decimal;
  }

  /** Mean and squares by Welford, Technometrics 4 (1962), 419–420. @returns the number that the cell is, if any */
  take(cell: string, line: number): number | undefined {
    const value = numberOf(cell, this.#decimal);
    if (value === undefined) {
      this.#stray ??= { line, cell };
      return undefined;
    }
    this.#count += 1;
    if (Number.isInteger(value)) this.#integers += 1;
    const distance = value - this.#mean;
    this.#mean += distance / this.#count;
    this.#squares += distance * (value - this.#mean);
    this.#minimum = Math.min(this.#minimum, value);
    this.#maximum = Math.max(this.#maximum, value);
    if (value <= this.#last) this.#ascends = false;
    this.#last = value;
    return value;
  }

  get profile(): NumberProfile {
    return {
      count: this.#count,
      integers: this.#integers,
      minimum: this.#minimum,
      maximum: this.#maximum,
      deviation: Math.sqrt(this.#squares / Math.max(1, this.#count)),
      ascends: this.#ascends && this.#count > 1,
      stray: this.#stray,
    };
  }
}
