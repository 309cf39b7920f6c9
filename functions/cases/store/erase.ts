import { createWriteTransaction } from 'electrodb';
import type { LedgerRow } from '../../../contracts/cases.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import { CaseStatus } from '../../../contracts/statuses.ts';
import { auditEntity, openAuditTrail } from '../../platform/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import { type Counted, type LedgerHead, withoutCase } from '../domain/ledger-head.ts';
import { type StoredCase, withoutContent } from '../domain/stored-case.ts';
import { caseEntity } from './cases.ts';
import { fingerprintEntity, headEntity, subjectEntity } from './ledger-entities.ts';
import { tombstoneEntity } from './tombstones.ts';

/** Everything that one erasure changes. */
interface Erasure {
  readonly tenant: string;
  readonly model: string;
  readonly actor: string;
  /** As it was read. */
  readonly before: LedgerHead;
  readonly found: StoredCase;
  /** Its line of the ledger, where it was accepted. */
  readonly row: LedgerRow | undefined;
  readonly counted: Counted;
  /** Of its observation, to be held for ever; absent where another case holds it. */
  readonly fingerprint?: string;
}

/** @returns false where another writer came between; whoever calls reads again */
type EraseTransaction = (erasure: Erasure) => Promise<boolean>;

/** Erases a case in one transaction: the head, the case, its observation, its tombstone, its subject, the audit. */
export const openEraseTransaction = (table: Table, clock: Clock): EraseTransaction => {
  const audit = openAuditTrail(table, clock);
  const entities = {
    heads: headEntity(table),
    cases: caseEntity(table),
    fingerprints: fingerprintEntity(table),
    subjects: subjectEntity(table),
    tombstones: tombstoneEntity(table),
    entries: auditEntity(table),
  };
  return async ({ tenant, model, actor, before, found, row, counted, fingerprint }) => {
    const { id, status, segment } = found;
    const after = withoutCase(before, counted);
    const [entry] = await audit.next(tenant, [
      {
        action: AuditAction.CaseErased,
        actor,
        model,
        subjectOfAction: id,
        reason: 'its erasure was asked for',
        numbers: { status, segment: segment ?? null },
      },
    ]);
    if (entry === undefined) throw new Error('Expected a place in the audit chain, got none. Try again.');
    const held = fingerprint === undefined ? [] : [fingerprint];
    const lines = row === undefined || segment === undefined ? [] : [segment];
    const people = row === undefined || row.subject === null ? [] : [row.subject];
    // A later gold case is not looked for: the lineage may call others trained that were held out.
    const forgotten: 'firstGold'[] = row?.split === 'gold' ? ['firstGold'] : [];
    const transaction = createWriteTransaction(
      entities,
      ({ heads, cases, fingerprints, subjects, tombstones, entries }) => [
        before.revision === 0
          ? heads.create({ tenant, model, revision: after.revision, head: after }).commit()
          : heads
              .put({ tenant, model, revision: after.revision, head: after })
              .where(({ revision }, { eq }) => eq(revision, before.revision))
              .commit(),
        cases
          .patch({ tenant, model, id })
          .set({ content: withoutContent(found.content), status: CaseStatus.Erased, reasons: [] })
          .remove(['waitingSince'])
          .where((attributes, { eq }) => eq(attributes.status, status))
          .commit(),
        ...held.map((known) =>
          fingerprints
            .put({ tenant, model, fingerprint: known, case: id })
            .where((attributes, { eq, notExists }) => `${notExists(attributes.case)} OR ${eq(attributes.case, id)}`)
            .commit(),
        ),
        ...lines.map((line) => tombstones.create({ tenant, model, id, number: after.erased, segment: line }).commit()),
        ...people.map((subject) =>
          subjects.patch({ tenant, model, subject }).add({ cases: -1 }).remove(forgotten).commit(),
        ),
        entries.create({ tenant, number: entry.number, entry }).commit(),
      ],
    );
    return isStored(await transaction.go());
  };
};
