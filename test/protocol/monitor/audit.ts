import type { AuditEntry } from '../../../contracts/monitoring.ts';
import { hashEntry } from '../../../functions/platform/audit.ts';
import type { Item } from '../dynamodb/expressions.ts';
import { ViolationError } from './invariant.ts';
import { Rule } from './rules.ts';

const entriesOf = (items: readonly Item[]): AuditEntry[] =>
  items.flatMap(({ entry }) => (entry === undefined ? [] : [entry as unknown as AuditEntry]));

/**
 * One chain for the tenant: every entry names the one before, and none is written over.
 *
 * @param stored - what the chain begins with
 * @returns takes what one command wrote
 * @throws ViolationError
 */
export const followAudit = (stored: readonly Item[]): ((written: readonly Item[]) => void) => {
  let last = entriesOf(stored)
    .sort((left, right) => left.number - right.number)
    .at(-1);
  const broken = (detail: string): ViolationError => new ViolationError([Rule.OneChain, detail]);
  return (written) => {
    for (const next of entriesOf(written)) {
      const { hash, ...unsigned } = next;
      if (next.number !== (last?.number ?? 0) + 1) throw broken(`entry ${next.number} follows ${last?.number}`);
      if (last !== undefined && next.previous !== last.hash) throw broken(`${next.number} names another before it`);
      if (hash !== hashEntry(unsigned)) throw broken(`entry ${next.number} has a hash of something else`);
      last = next;
    }
  };
};
