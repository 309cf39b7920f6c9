import type { CaseStatistics } from '../../../contracts/cases.ts';
import type { LedgerHead } from './ledger-head.ts';

/**
 * The statistics of a model's cases; received = accepted + quarantined + pending.
 *
 * @param pending - received cases that are not decided yet
 * @param trained - accepted cases of the last dataset that was trained on
 */
export const summarise = (head: LedgerHead, pending: number, trained: number): CaseStatistics => ({
  received: head.accepted + head.quarantined + pending,
  accepted: head.accepted,
  quarantined: head.quarantined,
  pending,
  reasons: { ...head.reasons },
  labels: { ...head.labels },
  holdout: head.holdout,
  gold: head.gold,
  erased: head.erased,
  // Of the cases that were trained on some may have been erased since.
  sinceTraining: Math.max(0, head.accepted - trained),
  segments: head.sequence,
  ...(head.lastAcceptedAt === undefined ? {} : { lastAcceptedAt: head.lastAcceptedAt }),
});
