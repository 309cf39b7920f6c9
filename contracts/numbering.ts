/** Whole numbers that were given out one by one, told from those that were measured. */

const fewestCases = 20;
/** Pairs of equal numbers that are to be expected among measured ones: with none at all, chance is one in 22,000. */
const expectedPairs = 10;

/** A column of whole numbers. */
export interface WholeNumbers {
  readonly known: number;
  readonly distinct: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Whether whole numbers without repetition can hardly have come about by measuring: numbers drawn from a range repeat
 * themselves before long, as birthdays do, and the sooner the less evenly they are spread. Source: the birthday problem,
 * whose number of pairs is nearly a Poisson number with mean `known²/(2·range)`.
 */
export const numbersCases = ({ known, distinct, least, most }: WholeNumbers): boolean =>
  known >= fewestCases &&
  distinct === known &&
  (known * (known - 1)) / 2 / (most - least + 1) >= Math.min(expectedPairs, (known - 1) / 3);
