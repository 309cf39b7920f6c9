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
  sinceTraining: head.accepted - trained,
  segments: head.sequence,
  ...(head.lastAcceptedAt === undefined ? {} : { lastAcceptedAt: head.lastAcceptedAt }),
});
