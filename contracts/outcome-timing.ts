/**
 * When an outcome counts. The API takes the time at which it begins to store one, and lets it enter the evidence while
 * its prediction is no older than the label window W; the judge reads what is older than W and settled:
 *
 *     prediction              age W                 age W + settling
 *     |-- in time: counts ----|-- on its way ------|-- judged: nothing in time comes behind it
 */

/** Longer than the function that stores an outcome may run, with room for clocks that differ. */
export const settlingSeconds = 15;

/** The longest that the function that stores an outcome may run. */
export const storingSeconds = 10;

/** Age of a prediction from which on its log line is taken to have been delivered and counted. */
export const countingSeconds = 60;

/** How far ahead the clock of a function may be. A prediction from beyond that was not made by one. */
export const clockSkewSeconds = 60;
