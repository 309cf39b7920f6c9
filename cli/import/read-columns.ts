import { shown } from './cells.ts';
import { DateOrder, timestampOf } from './date-forms.ts';
import { isLikeAClass, type MissingMarks } from './missing-marks.ts';
import { DecimalMark, numberOf } from './number-forms.ts';
import type { FoundCell, NumberProfile } from './number-tally.ts';
import { type ColumnProfile, longestText } from './profile-column.ts';
import { commonWay, nearlyAll, ownWay, type Ways, wayOf } from './ways.ts';

/** What a person says of cells. */
export interface ToldOfCells {
  readonly decimal?: DecimalMark | undefined;
  readonly dates?: DateOrder | undefined;
  readonly missing: MissingMarks;
}

/** How the cells of a column are read: the same when its kind is guessed and when its cases are sent. */
export interface Reading {
  readonly decimal: DecimalMark;
  readonly dates: DateOrder;
  readonly missing: MissingMarks;
  /** Whether nearly all are numbers, and the rest has no value. */
  readonly isNumber: boolean;
  /** Whether nearly all are dates or times, and the rest has no value. */
  readonly isTimestamp: boolean;
}

/** A column with the one way in which it is read. */
export interface Column extends ColumnProfile {
  readonly reading: Reading;
  readonly isNumber: boolean;
  readonly isInteger: boolean;
  readonly isBoolean: boolean;
  readonly isTimestamp: boolean;
  /** As it is read. */
  readonly number: NumberProfile;
  readonly numberSaid?: string | undefined;
  readonly dateSaid?: string | undefined;
}

/** Different numbers from which on a column measures, and does not name classes. */
export const manyNumbers = 20;

const usualDecimal = (delimiter: string): DecimalMark => (delimiter === ';' ? DecimalMark.Comma : DecimalMark.Point);

/** Where nothing else tells, dots and dashes have the day first, and slashes the month unless decimals have commas. */
const usualOrder = ({ ambiguous }: Ways<DateOrder>, decimal: DecimalMark): DateOrder =>
  ambiguous?.cell.includes('/') && decimal === DecimalMark.Point ? DateOrder.MonthFirst : DateOrder.DayFirst;

/** A column of a few numbers with something else that is as frequent as they are has classes: 1, 2, 3 and X. */
const hasClassBesideNumbers = ({ values }: ColumnProfile, decimal: DecimalMark): boolean => {
  if (values.size > 2 * manyNumbers) return false;
  const isNumeric = ([cell]: readonly [string, number]): boolean => numberOf(cell, decimal) !== undefined;
  const counts = [...values].filter(isNumeric).map(([, count]) => count);
  if (counts.length > manyNumbers) return false;
  return [...values].some((entry) => !isNumeric(entry) && isLikeAClass(entry[1], counts));
};

/** How a cell that could be read otherwise is read, where its column does not tell by itself. */
const saidOf = <Way extends string>(
  ways: Ways<Way>,
  chosen: Way,
  read: (cell: string) => unknown,
): string | undefined => {
  const { ambiguous } = ways;
  return ambiguous === undefined || ownWay(ways) === chosen
    ? undefined
    : `${ambiguous.cell} is read as ${read(ambiguous.cell)}`;
};

/** What does not fit the rest of a column, for a person to find it. */
export const saidOfStray = ({ line, cell }: FoundCell): string => `line ${line} has ${shown(cell)}`;

/** What becomes of texts that are too long. */
export const saidOfCut = ({ count, line }: ColumnProfile['tooLong']): string =>
  `${count} longer than ${longestText} characters, the first in line ${line}, will be cut there`;

const readColumn = (profile: ColumnProfile, decimal: DecimalMark, dates: DateOrder, missing: MissingMarks): Column => {
  const { known, numberWays, dateWays, booleans } = profile;
  const number = profile.numbers[decimal];
  const isNumber = nearlyAll(number.count, known) && !hasClassBesideNumbers(profile, decimal);
  const isTimestamp = nearlyAll(dateWays.understood[dates], known);
  return {
    ...profile,
    reading: { decimal, dates, missing, isNumber, isTimestamp },
    isNumber,
    isInteger: isNumber && number.integers === known,
    isBoolean: known > 0 && booleans === known,
    isTimestamp,
    number,
    numberSaid: isNumber ? saidOf(numberWays, decimal, (cell) => numberOf(cell, decimal)) : undefined,
    dateSaid: isTimestamp ? saidOf(dateWays, dates, (cell) => timestampOf(cell, dates)?.slice(0, 10)) : undefined,
  };
};

/**
 * Decides once for each column how it is read: as a person says, else as its own cells ask for, else as the other columns,
 * else as files with this delimiter are usually written.
 */
export const readColumns = (
  profiles: readonly ColumnProfile[],
  delimiter: string,
  { decimal, dates, missing }: ToldOfCells,
): Column[] => {
  const numberWays = profiles.map(({ numberWays: ways, known }) => ({ ...ways, known }));
  const dateWays = profiles.map(({ dateWays: ways, known }) => ({ ...ways, known }));
  const commonDecimal = commonWay(numberWays) ?? usualDecimal(delimiter);
  const commonOrder = commonWay(dateWays);
  return profiles.map((profile) => {
    const { known } = profile;
    return readColumn(
      profile,
      wayOf({ ...profile.numberWays, known }, decimal, commonDecimal),
      wayOf({ ...profile.dateWays, known }, dates, commonOrder ?? usualOrder(profile.dateWays, commonDecimal)),
      missing,
    );
  });
};
