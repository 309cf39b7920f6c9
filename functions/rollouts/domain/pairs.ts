import type { LabelValue } from '../../../contracts/cases.ts';
import { isRight } from '../../../contracts/right-answer.ts';
import type { PairCounts } from './paired-process.ts';

/** How the challenger did on a case. */
export const ChallengerFault = { Threw: 'threw', Malformed: 'malformed' } as const;
export type ChallengerFault = (typeof ChallengerFault)[keyof typeof ChallengerFault];

/** A version's answer to a case: a label, or undefined where it threw or answered malformed. */
type GivenLabel = LabelValue | undefined;

export interface ScoredCase {
  readonly label: LabelValue;
  readonly champion: GivenLabel;
  readonly challenger: GivenLabel;
  /** Why the challenger gave no label. */
  readonly fault?: ChallengerFault;
  /** Probability that the challenger gives to the class that the model names as its score, or the number that it gives. */
  readonly score?: number;
}

export interface PairTally {
  readonly counts: PairCounts;
  /** Cases on which the challenger failed; they count as wrong. */
  readonly failures: number;
  /** Cases on which the champion failed: nothing to compare with, no part of `counts`. */
  readonly leftOut: number;
}

/** Counts pairs by who was right. @param tolerance - with which a number is right; 0 where classes are predicted */
export const tallyPairs = (cases: readonly ScoredCase[], tolerance: number): PairTally => {
  const compared = cases.filter(({ champion }) => champion !== undefined);
  const count = (championRight: boolean, challengerRight: boolean): number =>
    compared.filter(
      ({ label, champion, challenger }) =>
        isRight(champion, label, tolerance) === championRight &&
        isRight(challenger, label, tolerance) === challengerRight,
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
