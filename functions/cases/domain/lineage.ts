import { CaseUse, type LedgerRow } from '../../../contracts/cases.ts';
import type { Dataset } from '../../../contracts/datasets.ts';

/** An accepted case, as far as datasets tell it from others. */
export interface TracedCase {
  readonly segment: number;
  readonly split: LedgerRow['split'];
  /** Segment of the first gold case of its subject; undefined: there is none. */
  readonly firstGold: number | undefined;
  /** Which erasure of the model it was, from 1; undefined: it was not erased. */
  readonly erasure: number | undefined;
}

/**
 * What a dataset makes of a case.
 *
 * @returns undefined where the case is no part of it: it came later, or was erased before
 */
export const useIn = (
  { cut, erased }: Pick<Dataset, 'cut' | 'erased'>,
  { segment, split, firstGold, erasure }: TracedCase,
): CaseUse | undefined => {
  if (segment > cut || (erasure !== undefined && erasure <= erased)) return undefined;
  if (split === 'gold') return CaseUse.Gold;
  const isBesideGold = firstGold !== undefined && firstGold <= cut;
  return split === 'train' && !isBesideGold ? CaseUse.Trained : CaseUse.HeldOut;
};
