import type { PairCounts } from './paired-process.ts';

/** A version's answer to a case: a label, or undefined where it threw or answered malformed. */
export type GivenLabel = string | undefined;

export interface ScoredCase {
  readonly label: string;
  readonly champion: GivenLabel;
  readonly challenger: GivenLabel;
}

export interface PairTally {
  readonly counts: PairCounts;
  /** Cases on which the challenger failed; they count as wrong. */
  readonly failures: number;
  /** Cases on which the champion failed: nothing to compare with, no part of `counts`. */
  readonly leftOut: number;
}

/** Counts pairs by who was right. */
export const tallyPairs = (cases: readonly ScoredCase[]): PairTally => {
  const compared = cases.filter(({ champion }) => champion !== undefined);
  const count = (championRight: boolean, challengerRight: boolean): number =>
    compared.filter(
      ({ label, champion, challenger }) =>
        (champion === label) === championRight && (challenger === label) === challengerRight,
    ).length;
  return {
    counts: {
      both: count(true, true),
      championOnly: count(true, false),
      challengerOnly: count(false, true),
      neither: count(false, false),
    },
    failures: compared.filter(({ challenger }) => challenger === undefined).length,
    leftOut: cases.length - compared.length,
  };
};
