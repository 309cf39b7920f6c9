import type { LedgerRow, QuarantineReason } from '../../../contracts/cases.ts';

/** The one item that counts a model's decided cases. Each commit moves it by one revision. */
export interface LedgerHead {
  readonly revision: number;
  /** Of the last segment; 0: there is none. */
  readonly sequence: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly holdout: number;
  readonly reasons: Readonly<Partial<Record<QuarantineReason, number>>>;
  /** Accepted cases by label. */
  readonly labels: Readonly<Record<string, number>>;
  /** The same without the holdout. */
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
  reasons: {},
  labels: {},
  trainLabels: {},
};

/** What one commit adds. */
export interface LedgerCommit {
  readonly rows: readonly Pick<LedgerRow, 'label' | 'split'>[];
  readonly quarantined: readonly (readonly QuarantineReason[])[];
  readonly holdoutShare: number;
  readonly at: string;
}

/** Adds how often each name occurs. */
export const tally = <Name extends string>(
  counts: Readonly<Partial<Record<Name, number>>>,
  names: readonly Name[],
): Record<Name, number> => {
  const sums = new Map(Object.entries(counts) as [Name, number][]);
  for (const name of names) sums.set(name, (sums.get(name) ?? 0) + 1);
  return Object.fromEntries(sums) as Record<Name, number>;
};

const labelsOf = (rows: LedgerCommit['rows']): string[] => rows.map(({ label }) => label);

/** The head after a commit. A segment is added where there are rows, so sequences have no gaps. */
export const advance = (head: LedgerHead, { rows, quarantined, holdoutShare, at }: LedgerCommit): LedgerHead => {
  const decided: LedgerHead = {
    ...head,
    revision: head.revision + 1,
    quarantined: head.quarantined + quarantined.length,
    reasons: tally(head.reasons, quarantined.flat()),
  };
  if (rows.length === 0) return decided;
  const train = rows.filter(({ split }) => split === 'train');
  return {
    ...decided,
    sequence: head.sequence + 1,
    accepted: head.accepted + rows.length,
    holdout: head.holdout + rows.length - train.length,
    labels: tally(head.labels, labelsOf(rows)),
    trainLabels: tally(head.trainLabels, labelsOf(train)),
    holdoutShare: head.holdoutShare ?? holdoutShare,
    lastAcceptedAt: at,
  };
};
