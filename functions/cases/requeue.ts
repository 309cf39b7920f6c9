import type { Clock } from '../platform/clock.ts';
import type { CollectQueue } from './collect-queue.ts';
import { inPieces } from './in-parallel.ts';
import type { CaseStore } from './store/cases.ts';

/** Cases that are sent at once, so that a long row of waiting ones is never held whole. */
const casesAtOnce = 250;

/**
 * Sends received cases that wait too long to be decided again: their message was lost, or parked after failures.
 * A case that is being decided meanwhile is skipped then.
 *
 * @param olderThanSeconds - how long a case must have waited
 * @returns how many cases were sent
 */
export type Requeue = (tenant: string, model: string, olderThanSeconds: number) => Promise<number>;

interface Dependencies {
  readonly cases: CaseStore;
  readonly queue: CollectQueue;
  readonly clock: Clock;
}

export const openRequeue =
  ({ cases, queue, clock }: Dependencies): Requeue =>
  async (tenant, model, olderThanSeconds) => {
    const now = clock.now();
    const before = new Date(now - olderThanSeconds * 1000).toISOString();
    const waiting = await Array.fromAsync(cases.waiting(tenant, model, before));
    for (const ids of inPieces(waiting, casesAtOnce)) await queue.send(tenant, model, ids, String(now));
    return waiting.length;
  };
