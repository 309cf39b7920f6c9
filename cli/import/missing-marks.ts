import { isMark } from './cells.ts';

/** What a person says of cells without a value. */
export interface MissingMarks {
  /** In lower case: these have no value in any column. An empty one says that no other mark means that. */
  readonly told?: ReadonlySet<string> | undefined;
}

/** Whether a cell has no value whatever its column is. */
export const isEmpty = (cell: string, { told }: MissingMarks): boolean =>
  cell === '' || (told?.has(cell.toLowerCase()) ?? false);

/** Whether a person says that every mark is a class. */
export const areAllClasses = ({ told }: MissingMarks): boolean => told?.has('') ?? false;

/** Of the rarest class, from which on something is as frequent as a class. */
const shareOfRarest = 0.5;

/** Whether something occurs about as often as the classes do: then it is one of them, not a rare slip. */
export const isLikeAClass = (count: number, classes: Iterable<number>): boolean =>
  count >= shareOfRarest * Math.min(...classes);

interface CountedCells {
  readonly marks: ReadonlyMap<string, number>;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Marks of a column of classes that are classes themselves, such as `none` beside `mild` and `severe`: those that are about
 * as frequent as a class, or without which there is nothing to tell apart, and all where a person says so.
 */
export const classesAmongMarks = (
  { marks, values }: CountedCells,
  { told }: MissingMarks,
): ReadonlyMap<string, number> => {
  if (areAllClasses({ told }) || values.size < 2) return marks;
  const counts = [...values.values()];
  return new Map([...marks].filter(([, count]) => isLikeAClass(count, counts)));
};

/** Whether a cell of classes has no value. @param classes - those that are known */
export const isWithoutClass = (cell: string, classes: ReadonlySet<string>, missing: MissingMarks): boolean =>
  isEmpty(cell, missing) || (isMark(cell) && !classes.has(cell));
