import type { LedgerRow, QuarantineReason } from '../../../contracts/cases.ts';

/** The one item that counts a model's decided cases. Each commit moves it by one revision. */
export interface LedgerHead {
  readonly revision: number;
  /** Of the last segment; 0: there is none. */
  readonly sequence: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly holdout: number;
  readonly gold: number;
  /** Cases that were accepted and erased since; no part of the other counts, but their lines are in the segments. */
  readonly erased: number;
  readonly reasons: Readonly<Partial<Record<QuarantineReason, number>>>;
  /** Accepted cases by label; empty where labels are numbers. */
  readonly labels: Readonly<Record<string, number>>;
  /** The same without holdout and gold. */
  readonly trainLabels: Readonly<Record<string, number>>;
  /** The policy's when the first case was accepted: a later share would move subjects across the split. */
  readonly holdoutShare?: number | undefined;
  readonly lastAcceptedAt?: string | undefined;
}

export const emptyLedger: LedgerHead = {
  revision: 0,
  sequence: 0,
  accepted: 0,
  quarantined: 0,
  holdout: 0,
  gold: 0,
  erased: 0,
  reasons: {},
  labels: {},
  trainLabels: {},
};

/** What is counted of a line of the ledger. */
type CountedRow = Pick<LedgerRow, 'label' | 'split'>;

/** What one commit adds. */
export interface LedgerCommit {
  readonly rows: readonly CountedRow[];
  readonly quarantined: readonly (readonly QuarantineReason[])[];
  readonly holdoutShare: number;
  readonly at: string;
}

/** Adds how often each name occurs. @param step - that each occurrence counts */
export const tally = <Name extends string>(
  counts: Readonly<Partial<Record<Name, number>>>,
  names: readonly Name[],
  step: 1 | -1 = 1,
): Record<Name, number> => {
  const sums = new Map(Object.entries(counts) as [Name, number][]);
  for (const name of names) sums.set(name, (sums.get(name) ?? 0) + step);
  return Object.fromEntries(sums) as Record<Name, number>;
};

/** Numbers are as good as never the same twice: to count them by value would fill the item. */
const classesOf = (rows: readonly CountedRow[]): string[] =>
  rows.flatMap(({ label }) => (typeof label === 'string' ? [label] : []));

const ofSide = (rows: readonly CountedRow[], side: LedgerRow['split']): CountedRow[] =>
  rows.filter(({ split }) => split === side);

/** Counts rows, or takes them out of the counts. */
const countRows = (head: LedgerHead, rows: readonly CountedRow[], step: 1 | -1) => ({
  accepted: head.accepted + step * rows.length,
  holdout: head.holdout + step * ofSide(rows, 'holdout').length,
  gold: head.gold + step * ofSide(rows, 'gold').length,
  labels: tally(head.labels, classesOf(rows), step),
  trainLabels: tally(head.trainLabels, classesOf(ofSide(rows, 'train')), step),
});

/** The head after a commit. A segment is added where there are rows, so sequences have no gaps. */
export const advance = (head: LedgerHead, { rows, quarantined, holdoutShare, at }: LedgerCommit): LedgerHead => {
  const decided: LedgerHead = {
    ...head,
    revision: head.revision + 1,
    quarantined: head.quarantined + quarantined.length,
    reasons: tally(head.reasons, quarantined.flat()),
  };
  if (rows.length === 0) return decided;
  return {
    ...decided,
    ...countRows(head, rows, 1),
    sequence: head.sequence + 1,
    holdoutShare: head.holdoutShare ?? holdoutShare,
    lastAcceptedAt: at,
  };
};

/** What an erased case was counted as: a line of the ledger, a quarantined case, or nothing yet. */
export type Counted = { readonly row: CountedRow } | { readonly reasons: readonly QuarantineReason[] } | undefined;

/** The head after the erasure of one case. */
export const withoutCase = (head: LedgerHead, counted: Counted): LedgerHead => {
  const moved = { ...head, revision: head.revision + 1 };
  if (counted === undefined) return moved;
  if ('row' in counted) return { ...moved, ...countRows(head, [counted.row], -1), erased: head.erased + 1 };
  return { ...moved, quarantined: head.quarantined - 1, reasons: tally(head.reasons, counted.reasons, -1) };
};
