import type { TrainingPolicy } from '../../../contracts/model.ts';
import type { LedgerHead } from './ledger-head.ts';

const neededClasses = 2;

/** Whether a dataset can be trained on, and where not, what is missing. */
export type EnoughCases =
  | { readonly enough: true }
  | { readonly enough: false; readonly detail: string; readonly needed: number; readonly accepted: number };

/** A classifier needs the policy's number of cases, and train cases of two classes. */
export const checkEnough = (
  { accepted, trainLabels }: Pick<LedgerHead, 'accepted' | 'trainLabels'>,
  { minimumCases: needed }: Pick<TrainingPolicy, 'minimumCases'>,
): EnoughCases => {
  if (accepted < needed) {
    const detail = `Expected at least ${needed} accepted cases, found ${accepted}. Send ${needed - accepted} more that are validated.`;
    return { enough: false, detail, needed, accepted };
  }
  const classes = Object.values(trainLabels).filter((cases) => cases > 0).length;
  if (classes < neededClasses) {
    const detail = `Expected cases of at least ${neededClasses} classes besides the holdout, found ${classes} among ${accepted} accepted cases. Send validated cases of another class.`;
    return { enough: false, detail, needed, accepted };
  }
  return { enough: true };
};
