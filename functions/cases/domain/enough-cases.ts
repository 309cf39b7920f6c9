import type { TrainingPolicy } from '../../../contracts/model.ts';
import type { LedgerHead } from './ledger-head.ts';

const neededClasses = 2;

/** Whether a dataset can be trained on, and where not, what is missing. */
export type EnoughCases =
  | { readonly enough: true }
  | { readonly enough: false; readonly detail: string; readonly needed: number; readonly accepted: number };

type Counts = Pick<LedgerHead, 'accepted' | 'holdout' | 'gold' | 'labels' | 'trainLabels'>;

/** What is missing among the cases besides holdout and gold; undefined: nothing. */
const missingToTrain = ({ accepted, holdout, gold, labels, trainLabels }: Counts): string | undefined => {
  // Only classes are counted: a ledger with cases and without labels is one of numbers.
  if (Object.values(labels).every((cases) => cases === 0)) {
    return accepted - holdout - gold > 0
      ? undefined
      : `Expected cases besides the holdout and gold, found none among ${accepted} accepted cases. Send validated cases of other subjects.`;
  }
  const classes = Object.values(trainLabels).filter((cases) => cases > 0).length;
  return classes >= neededClasses
    ? undefined
    : `Expected cases of at least ${neededClasses} classes besides the holdout, found ${classes} among ${accepted} accepted cases. Send validated cases of another class.`;
};

/** A dataset needs the policy's number of cases, and cases to train on: for a classifier of two classes. */
export const checkEnough = (
  counts: Counts,
  { minimumCases: needed }: Pick<TrainingPolicy, 'minimumCases'>,
): EnoughCases => {
  const { accepted } = counts;
  if (accepted < needed) {
    const detail = `Expected at least ${needed} accepted cases, found ${accepted}. Send ${needed - accepted} more that are validated.`;
    return { enough: false, detail, needed, accepted };
  }
  const detail = missingToTrain(counts);
  return detail === undefined ? { enough: true } : { enough: false, detail, needed, accepted };
};
