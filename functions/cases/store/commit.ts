import { createWriteTransaction } from 'electrodb';
import { CaseStatus } from '../../../contracts/statuses.ts';
import type { Table } from '../../platform/table.ts';
import type { Decision } from '../domain/decide-cases.ts';
import { type LedgerHead, tally } from '../domain/ledger-head.ts';
import { caseEntity } from './cases.ts';
import type { Segment } from './ledger.ts';
import { fingerprintEntity, headEntity, segmentEntity, subjectEntity } from './ledger-entities.ts';

/** Everything that one message changes. */
interface Commit {
  readonly tenant: string;
  readonly model: string;
  /** The head that was read, and the one that replaces it. */
  readonly before: LedgerHead;
  readonly after: LedgerHead;
  readonly decisions: readonly Decision[];
  /** Present where a case was accepted. Its object is written before. */
  readonly segment?: Segment;
  readonly at: string;
}

/** Reasons for which a transaction is tried again on what is stored by then. */
const contention = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** What a decision makes of its case. */
const outcomeOf = (decision: Decision, segment: Segment | undefined) =>
  decision.accepted
    ? { status: CaseStatus.Accepted, reasons: [], ...(segment === undefined ? {} : { segment: segment.sequence }) }
    : {
        status: CaseStatus.Quarantined,
        reasons: decision.reasons,
        ...(decision.content === undefined ? {} : { content: decision.content }),
      };

/**
 * Commits decisions, all or none, in one transaction of at most 77 items for 25 cases: the segment, the head, each case
 * (still received), and of each accepted case its fingerprint (not taken) and its subject.
 *
 * @returns false where another writer came between; whoever calls reads again and decides again
 */
export type CommitTransaction = (commit: Commit) => Promise<boolean>;

export const openCommit = (table: Table): CommitTransaction => {
  const entities = {
    heads: headEntity(table),
    segments: segmentEntity(table),
    cases: caseEntity(table),
    fingerprints: fingerprintEntity(table),
    subjects: subjectEntity(table),
  };
  return async ({ tenant, model, before, after, decisions, segment, at }) => {
    const accepted = decisions.filter((decision) => decision.accepted);
    const subjects = accepted.flatMap(({ content: { subject, gold } }) =>
      subject === null ? [] : [{ subject, gold }],
    );
    const casesOf = tally(
      {},
      subjects.map(({ subject }) => subject),
    );
    const withGold = new Set(subjects.filter(({ gold }) => gold === true).map(({ subject }) => subject));
    const { canceled, data } = await createWriteTransaction(
      entities,
      ({ heads, segments, cases, fingerprints, subjects }) => [
        before.revision === 0
          ? heads.create({ tenant, model, revision: after.revision, head: after }).commit()
          : heads
              .put({ tenant, model, revision: after.revision, head: after })
              .where(({ revision }, { eq }) => eq(revision, before.revision))
              .commit(),
        ...(segment === undefined ? [] : [segments.create({ tenant, model, ...segment }).commit()]),
        ...decisions.map((decision) =>
          cases
            .patch({ tenant, model, id: decision.id })
            .set({ decidedAt: at, ...outcomeOf(decision, segment) })
            .remove(['waitingSince'])
            .where(({ status }, { eq }) => eq(status, CaseStatus.Received as CaseStatus))
            .commit(),
        ),
        ...accepted.map(({ id, content: { label }, fingerprint }) =>
          fingerprints.create({ tenant, model, fingerprint, case: id, label }).commit(),
        ),
        ...Object.entries(casesOf).map(([subject, count]) =>
          subjects
            .update({ tenant, model, subject })
            .data((attributes, operations) => {
              operations.ifNotExists(attributes.firstSegment, after.sequence);
              operations.add(attributes.cases, count);
              if (withGold.has(subject)) operations.ifNotExists(attributes.firstGold, after.sequence);
            })
            .commit(),
        ),
      ],
    ).go();
    const failed = canceled ? data.filter(({ rejected }) => rejected) : [];
    const strange = failed.find(({ code }) => !contention.has(code));
    if (strange !== undefined) throw new Error(`The ledger's transaction was cancelled: ${strange.code}. Try again.`);
    return !canceled;
  };
};
