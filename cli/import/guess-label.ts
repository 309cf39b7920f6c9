import { type Label, Task } from '../../contracts/model.ts';
import { FileError } from './errors.ts';
import type { ColumnProfile } from './profile-column.ts';

const usualNames = /^(label|target|class|outcome|diagnosis|y|response|result)$/i;
const mostClasses = 100;
const longestClass = 100;
/** Different numbers from which on a label is a number, not a class. */
const manyNumbers = 20;

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
const guessTask = ({ isNumber, isInteger, values }: ColumnProfile): Task =>
  isNumber && (values.size > manyNumbers || (!isInteger && values.size > 2))
    ? Task.TabularRegression
    : Task.TabularClassification;

/** Two significant digits of a quarter of the standard deviation. */
const guessTolerance = ({ deviation }: ColumnProfile): number => Number((deviation / 4).toPrecision(2));

/**
 * What is predicted.
 *
 * @param task - as a person says. Default: by the values
 * @throws FileError where nothing can be learnt from the column
 */
export const guessLabel = (
  profile: ColumnProfile,
  { task, tolerance }: { readonly task?: Task | undefined; readonly tolerance?: number | undefined },
): { readonly task: Task; readonly label: Label } => {
  const { name, values, isNumber, rows, missing } = profile;
  if (missing === rows)
    throw new FileError(`Expected labels in the column ${name}, all ${rows} rows have none. Name another by --label.`);
  if (values.size === 1) {
    throw new FileError(
      `Expected at least two different labels in the column ${name}, found one alone. There is nothing to tell apart.`,
    );
  }
  const chosen = task ?? guessTask(profile);
  if (chosen === Task.TabularRegression) {
    if (!isNumber)
      throw new FileError(
        `Expected a number in every row of the column ${name}, found other values. Leave out --task, or name another label.`,
      );
    return { task: chosen, label: { type: 'number', tolerance: tolerance ?? guessTolerance(profile) } };
  }
  const classes = [...values.keys()].sort();
  if (classes.length > mostClasses || classes.some((label) => label.length > longestClass)) {
    throw new FileError(
      `Expected at most ${mostClasses} classes of at most ${longestClass} characters in the column ${name}, found ${classes.length}. Is another column the label, or is it a number?`,
    );
  }
  return { task: chosen, label: { type: 'category', classes } };
};
