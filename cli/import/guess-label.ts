import { type Label, Task } from '../../contracts/model.ts';
import { FileError } from './errors.ts';
import { areAllClasses, classesAmongMarks } from './missing-marks.ts';
import { numberOf } from './number-forms.ts';
import { type Column, manyNumbers, saidOfStray } from './read-columns.ts';
import { sortedClasses } from './sorted-classes.ts';

const usualNames = /^(label|target|class|outcome|diagnosis|y|response|result)$/i;
const mostClasses = 100;
const longestClass = 100;

/** What is predicted. */
export interface GuessedLabel {
  readonly task: Task;
  readonly label: Label;
  /** Rows that are left out because they have none. */
  readonly missing: number;
  /** What a person should know of how its cells are read. */
  readonly said: readonly string[];
}

/**
 * The column that is the label.
 *
 * @param named - by a person. Default: the one with a usual name, else the last
 * @throws FileError where there is no such column
 */
export const findLabel = (header: readonly string[], named: string | undefined): string => {
  if (named !== undefined && !header.includes(named)) {
    throw new FileError(
      `Expected a column ${named} for the label; the columns are ${header.slice(0, 20).join(', ')}. Name one of them by --label.`,
    );
  }
  return named ?? header.find((name) => usualNames.test(name)) ?? (header.at(-1) as string);
};

/** Binary, multi-class or regression, by the values. */
const guessTask = ({ isNumber, isInteger, values }: Column): Task =>
  isNumber && (values.size > manyNumbers || (!isInteger && values.size > 2))
    ? Task.TabularRegression
    : Task.TabularClassification;

/** Two significant digits of a quarter of the standard deviation. */
const guessTolerance = ({ number }: Column): number => Number((number.deviation / 4).toPrecision(2));

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

const rowsSay = (count: number, mark: string): string =>
  count === 1 ? `1 row says ${mark}` : `${count} rows say ${mark}`;

/** How marks such as NA are read, and how to have it otherwise. */
const saidOfMarks = ({ marks }: Column, classes: ReadonlySet<string>, mayBeClasses: boolean): string[] =>
  [...marks].map(([mark, count]) => {
    if (classes.has(mark)) return `${rowsSay(count, mark)}, taken as a class; --missing ${mark} leaves them out`;
    const otherwise = mayBeClasses ? `; --missing '' takes it as a class` : '';
    return `${rowsSay(count, mark)}, taken for no label${otherwise}`;
  });

const saidOfStrays = ({ isNumber, number, known }: Column): string[] => {
  const strays = known - number.count;
  if (!isNumber || number.stray === undefined || strays === 0) return [];
  const left = strays === 1 ? '1 row without one is' : `${strays} rows without one are`;
  return [`${saidOfStray(number.stray)}, which is no number; ${left} left out`];
};

const expectLabels = (column: Column, classes: number): void => {
  const { name, known, rows } = column;
  if (classes === 0) {
    throw new FileError(`Expected labels in the column ${name}, all ${rows} rows have none. Name another by --label.`);
  }
  if (classes === 1 || (column.isNumber && known > 0 && column.number.minimum === column.number.maximum)) {
    throw new FileError(
      `Expected at least two different labels in the column ${name}, found one alone. There is nothing to tell apart.`,
    );
  }
};

const numberLabel = (column: Column, tolerance: number | undefined): GuessedLabel => {
  const { name, isNumber, number, rows, numberSaid } = column;
  if (!isNumber) {
    const stray = number.stray === undefined ? 'found other values' : saidOfStray(number.stray);
    throw new FileError(
      `Expected a number in every row of the column ${name}, ${stray}. Leave out --task, or name another label.`,
    );
  }
  return {
    task: Task.TabularRegression,
    label: { type: 'number', tolerance: tolerance ?? guessTolerance(column) },
    missing: rows - number.count,
    said: [
      ...(numberSaid === undefined ? [] : [numberSaid]),
      ...saidOfStrays(column),
      ...saidOfMarks(column, new Set(), false),
    ],
  };
};

/**
 * What is predicted.
 *
 * @param task - as a person says. Default: by the values
 * @throws FileError where nothing can be learnt from the column
 */
export const guessLabel = (
  column: Column,
  { task, tolerance }: { readonly task?: Task | undefined; readonly tolerance?: number | undefined },
): GuessedLabel => {
  const { name, values, isNumber, rows, marks, reading } = column;
  const chosen = task ?? guessTask(column);
  // Among numbers a mark is no class by itself.
  const mayBeClasses = !isNumber || areAllClasses(reading.missing);
  const amongMarks = mayBeClasses ? classesAmongMarks({ values, marks }, reading.missing) : new Map<string, number>();
  const named = [...values].filter(([cell]) => !isNumber || numberOf(cell, reading.decimal) !== undefined);
  expectLabels(column, named.length + amongMarks.size);
  if (chosen === Task.TabularRegression) return numberLabel(column, tolerance);
  const counts = new Map([...named, ...amongMarks]);
  const classes = sortedClasses(counts.keys());
  if (classes.length > mostClasses || classes.some((label) => label.length > longestClass)) {
    throw new FileError(
      `Expected at most ${mostClasses} classes of at most ${longestClass} characters in the column ${name}, found ${classes.length}. Is another column the label, or is it a number?`,
    );
  }
  return {
    task: chosen,
    label: { type: 'category', classes },
    missing: rows - sum(counts.values()),
    said: [...saidOfStrays(column), ...saidOfMarks(column, new Set(classes), true)],
  };
};
