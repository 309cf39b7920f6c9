import { createWriteTransaction } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import { auditEntity, type NewAuditEntry, openAuditTrail } from '../../platform/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { isConditionFailure } from '../../platform/errors.ts';
import type { Table } from '../../platform/table.ts';
import { type JobKey, JobRecord } from '../domain/job-record.ts';
import { freshState, type TrainingState } from '../domain/training-state.ts';
import { jobEntity, jobItem, stateEntity, submissionEntity } from './entities.ts';

/** A training job's name is kept for as long as its events may come. */
const nameSeconds = 30 * 86_400;

/** What is stored together or not at all; job and state by the revisions that follow those read. */
interface Change {
  readonly job?: JobRecord;
  readonly state: TrainingState;
  readonly audit: NewAuditEntry;
}

/** Jobs and training states of models. Who gets false came too late: it reads again and decides again. */
export interface JobStore {
  get(key: JobKey): Promise<JobRecord | undefined>;
  /** Jobs of a model, the newest first, older than the one given. */
  list(tenant: string, model: string, limit: number, older?: string): Promise<JobRecord[]>;
  /** Jobs of all tenants that have not ended. The index may lag behind the table. */
  unfinished(): AsyncIterable<JobKey>;
  state(tenant: string, model: string): Promise<TrainingState>;
  save(next: JobRecord): Promise<boolean>;
  commit(tenant: string, model: string, change: Change): Promise<boolean>;
  /** Keeps whose a training job of the training service is. */
  remember(name: string, key: JobKey): Promise<void>;
  ofTrainingJob(name: string): Promise<JobKey | undefined>;
}

export const openJobStore = (table: Table, clock: Clock): JobStore => {
  const jobs = jobEntity(table);
  const states = stateEntity(table);
  const submissions = submissionEntity(table);
  const trail = openAuditTrail(table, clock);
  return {
    get: async ({ tenant, model, id }) => {
      const { data } = await jobs.get({ tenant, model, id }).go({ consistent: true });
      return data === null ? undefined : JobRecord.parse(data.record);
    },
    list: async (tenant, model, limit, older) => {
      const query = jobs.query.byId({ tenant, model });
      const { data } = await (older === undefined ? query : query.lt({ id: older })).go({
        limit,
        order: 'desc',
        consistent: true,
      });
      return data.map(({ record }) => JobRecord.parse(record));
    },
    unfinished: async function* () {
      let cursor: string | null = null;
      do {
        const page: { data: JobKey[]; cursor: string | null } = await jobs.query
          .unfinished({ keeper: platformTenant })
          .go({ cursor });
        for (const { tenant, model, id } of page.data) yield { tenant, model, id };
        cursor = page.cursor;
      } while (cursor !== null);
    },
    state: async (tenant, model) => {
      const { data } = await states.get({ tenant, model }).go({ consistent: true });
      return data?.state ?? freshState;
    },
    save: async (next) => {
      try {
        await jobs
          .put(jobItem(next))
          .where(({ revision }, { eq }) => eq(revision, next.revision - 1))
          .go();
        return true;
      } catch (error) {
        if (isConditionFailure((error as Error).cause ?? error)) return false;
        throw error;
      }
    },
    commit: async (tenant, model, { job, state, audit }) => {
      const entries = await trail.next(tenant, [audit]);
      const stored = { tenant, model, revision: state.revision, state };
      const { canceled } = await createWriteTransaction({ jobs, states, audits: auditEntity(table) }, (on) => [
        ...(job === undefined
          ? []
          : [
              job.revision === 1
                ? on.jobs.create(jobItem(job)).commit()
                : on.jobs
                    .put(jobItem(job))
                    .where(({ revision }, { eq }) => eq(revision, job.revision - 1))
                    .commit(),
            ]),
        state.revision === 1
          ? on.states.create(stored).commit()
          : on.states
              .put(stored)
              .where(({ revision }, { eq }) => eq(revision, state.revision - 1))
              .commit(),
        ...entries.map((entry) => on.audits.create({ tenant, number: entry.number, entry }).commit()),
      ]).go();
      return !canceled;
    },
    remember: async (name, { tenant, model, id }) => {
      const ttl = Math.floor(clock.now() / 1000) + nameSeconds;
      await submissions.put({ platform: platformTenant, name, tenant, model, job: id, ttl }).go();
    },
    ofTrainingJob: async (name) => {
      const { data } = await submissions.get({ platform: platformTenant, name }).go({ consistent: true });
      return data === null ? undefined : { tenant: data.tenant, model: data.model, id: data.job };
    },
  };
};
