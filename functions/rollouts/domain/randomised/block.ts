import { wholeWeight } from '../../../../contracts/weight.ts';
import { addHistograms, countOf, type Histogram } from './histogram.ts';
import type { RandomisedPolicy } from './policy.ts';

/** Units of one arm by metric: the same units in each, so the counts of each metric have the same sum. */
export type ArmCounts = Readonly<Record<string, Histogram>>;

/** What arrived since the last block: units of both arms that were assigned in the same stage. */
export type Block = {
  /** At assignment. */
  readonly stage: string;
  /** The challenger's share of that stage, in basis points: what the sizes of the arms are checked against. */
  readonly weight: number;
  readonly champion: ArmCounts;
  readonly challenger: ArmCounts;
};

/** Histograms in the order of the policy's metrics. */
export type Counts = readonly Histogram[];

/** The numbers given are not counts of units. */
export class InvalidBlockError extends Error {
  override readonly name = 'InvalidBlockError';
}

/** Squares of 21 bins, added up, stay below 2^53. */
const MAXIMUM_UNITS = Math.floor(Number.MAX_SAFE_INTEGER / 400);

/** Units in the counts of one arm. */
export const unitsIn = ([first]: Counts): number => (first === undefined ? 0 : countOf(first));

export const addCounts = (one: Counts, other: Counts): Counts =>
  one.map((histogram, index) => addHistograms(histogram, other[index] ?? []));

/**
 * Checks the counts of one arm and puts them in the order of the policy's metrics.
 * @throws InvalidBlockError
 */
export const countsOf = (counts: ArmCounts, arm: string, policy: RandomisedPolicy): Counts => {
  const ordered = policy.metrics.map(({ name, bins }) => {
    const histogram = counts[name];
    if (histogram !== undefined && histogram.length === bins && histogram.every(isCount)) return histogram;
    return refuse(`${bins} whole numbers from 0 for ${name} of the ${arm}`, JSON.stringify(histogram));
  });
  const units = unitsIn(ordered);
  assertCountable(units, arm);
  if (ordered.every((histogram) => countOf(histogram) === units)) return ordered;
  return refuse(`the same units in each metric of the ${arm}`, ordered.map(countOf).join(', '));
};

/** @throws InvalidBlockError */
export const assertPlace = ({ stage, weight }: Block): void => {
  if (stage === '') refuse('the name of a stage', '""');
  if (Number.isInteger(weight) && weight >= 0 && weight <= wholeWeight) return;
  refuse(`a weight of 0 to ${wholeWeight} basis points for ${stage}`, String(weight));
};

/** @throws InvalidBlockError where squares of the values would not be whole numbers any more. */
export const assertCountable = (units: number, arm: string): void => {
  if (units > MAXIMUM_UNITS) refuse(`at most ${MAXIMUM_UNITS} units of the ${arm}`, String(units));
};

export const refuse = (expected: string, got: string): never => {
  throw new InvalidBlockError(`Expected ${expected}, got ${got}. Count the units since the last block again.`);
};

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
