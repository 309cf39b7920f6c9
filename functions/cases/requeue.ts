import type { Clock } from '../platform/clock.ts';
import type { Table } from '../platform/table.ts';
import { openCollectQueue } from './collect-queue.ts';
import { openCaseStore } from './store/cases.ts';

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

export const openRequeue = (table: Table, collectQueueUrl: string, clock: Clock): Requeue => {
  const cases = openCaseStore(table);
  const queue = openCollectQueue(collectQueueUrl);
  return async (tenant, model, olderThanSeconds) => {
    const now = clock.now();
    const before = new Date(now - olderThanSeconds * 1000).toISOString();
    let sent = 0;
    let ids: string[] = [];
    const send = async (): Promise<void> => {
      await queue.send(tenant, model, ids, String(now));
      sent += ids.length;
      ids = [];
    };
    for await (const id of cases.waiting(tenant, model, before)) {
      ids.push(id);
      if (ids.length === casesAtOnce) await send();
    }
    await send();
    return sent;
  };
};
