import { createWriteTransaction } from 'electrodb';
import { auditEntity, openAuditTrail } from '../../platform/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import type { AuditDraft } from '../domain/audit-draft.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { TrainingState } from '../domain/training-state.ts';
import { jobEntity, jobItem, stateEntity } from './entities.ts';

/** What is stored together; each member with the revision that follows the one read. */
interface StoredChange {
  readonly state?: TrainingState;
  readonly job?: JobRecord;
  readonly audit: readonly AuditDraft[];
}

/**
 * Stores a change in one transaction: the state of the model's trainings, a job, and the audit.
 *
 * @returns false where another writer came between: read again and decide again
 */
export type CommitChange = (tenant: string, model: string, change: StoredChange) => Promise<boolean>;

export const openCommitChange = (table: Table, clock: Clock): CommitChange => {
  const entities = { jobs: jobEntity(table), states: stateEntity(table), audit: auditEntity(table) };
  const trail = openAuditTrail(table, clock);
  return async (tenant, model, { state, job, audit }) => {
    const drafts = audit.map((draft) => ({ ...draft, model }));
    const entries = drafts.length === 0 ? [] : await trail.next(tenant, drafts);
    const result = await createWriteTransaction(entities, (on) => [
      ...(state === undefined
        ? []
        : [
            state.revision === 1
              ? on.states.create({ tenant, model, revision: 1, record: state }).commit()
              : on.states
                  .put({ tenant, model, revision: state.revision, record: state })
                  .where(({ revision }, { eq }) => eq(revision, state.revision - 1))
                  .commit(),
          ]),
      ...(job === undefined
        ? []
        : [
            job.revision === 1
              ? on.jobs.create(jobItem(tenant, model, job)).commit()
              : on.jobs
                  .put(jobItem(tenant, model, job))
                  .where(({ revision }, { eq }) => eq(revision, job.revision - 1))
                  .commit(),
          ]),
      ...entries.map((entry) => on.audit.create({ tenant, number: entry.number, entry }).commit()),
    ]).go();
    return isStored(result);
  };
};
