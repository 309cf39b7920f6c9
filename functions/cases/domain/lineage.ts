import { CaseUse, type LedgerRow } from '../../../contracts/cases.ts';
import type { Dataset, Manifest } from '../../../contracts/datasets.ts';

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

/** What of a dataset's manifest tells which lines of the ledger are trained on. */
type TrainedManifest = Pick<Manifest, 'pages' | 'packs' | 'segments' | 'tombstones'>;

/** Counts cases that a dataset gives to training, while lines of the ledger pass by. */
export interface TrainedCount {
  /** The next line of the ledger, those of erased cases among them. */
  watch(line: Pick<LedgerRow, 'id' | 'split' | 'subject'>): void;
  /** Once every line of the dataset has passed by. */
  count(): number;
}

/**
 * Counts of some cases those that are on the side of training, of no subject with a gold case, and not erased before
 * the dataset was cut: as the training program reads it.
 *
 * @param cases - ids
 */
export const countTrained = (
  { pages, packs, segments, tombstones }: TrainedManifest,
  cases: ReadonlySet<string>,
): TrainedCount => {
  const erased = new Set(tombstones);
  const withGold = new Set<string>();
  const found: (string | null)[] = [];
  let left = [...pages, ...packs, ...segments].reduce((sum, file) => sum + file.cases, 0);
  return {
    watch: ({ id, split, subject }) => {
      left -= 1;
      if (left < 0 || erased.has(id)) return;
      if (split === 'gold' && subject !== null) withGold.add(subject);
      if (split === 'train' && cases.has(id)) found.push(subject);
    },
    count: () => found.filter((subject) => subject === null || !withGold.has(subject)).length,
  };
};
