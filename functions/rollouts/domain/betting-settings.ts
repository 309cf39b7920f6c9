/** What both kinds of evidence ask of the settings by which they bet. */

const MAXIMUM_EFFECTS = 8;
export const MAXIMUM_PARTS = 20;

export const gridExpected = `1 to ${MAXIMUM_EFFECTS} ascending numbers in (0, 2]`;
export const alphaExpected = 'a number in [1e-9, 0.5)';
export const marginExpected = 'a number in (0, 0.5]';
export const thresholdExpected = 'a number in (1, 1e9]';

export const isAlpha = (alpha: number): boolean => alpha >= 1e-9 && alpha < 0.5;

export const isMargin = (margin: number): boolean => margin > 0 && margin <= 0.5;

export const isThreshold = (threshold: number): boolean => threshold > 1 && threshold <= 1e9;

export const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;

/** Whether a bet can be placed on each of the effects. */
export const isGrid = (effects: readonly number[]): boolean =>
  effects.length > 0 &&
  effects.length <= MAXIMUM_EFFECTS &&
  effects.every((effect, index) => effect > (effects[index - 1] ?? 0) && effect <= 2);

/**
 * Whether capital can be kept in reserve so.
 * @param share - of the initial capital, in [0, 1)
 * @param first - observations at which the first part enters the bets
 * @param parts - equal parts that enter one after the other; 0 exactly when the share is 0
 */
export const isReserve = (share: number, first: number, parts: number): boolean =>
  share >= 0 &&
  share < 1 &&
  isCount(first, 1) &&
  isCount(parts, 0) &&
  parts <= MAXIMUM_PARTS &&
  parts > 0 === share > 0;

/** One thing that a policy must fulfil. */
export type Check = readonly [setting: string, holds: boolean, expected: string, got: unknown];

/** A sentence for each check that does not hold. */
export const faultsOf = (checks: readonly Check[]): string[] =>
  checks
    .filter(([, holds]) => !holds)
    .map(([setting, , expected, got]) => `expected ${setting} to be ${expected}, got ${show(got)}`);

const show = (value: unknown): string => (typeof value === 'number' ? String(value) : JSON.stringify(value));
