import { platformTenant } from '../../../contracts/identifiers.ts';
import type { InstanceType } from '../../../contracts/instances.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Table } from '../../platform/table.ts';
import { JobRecord } from '../domain/job-record.ts';
import { neverTrained, TrainingState } from '../domain/training-state.ts';
import { type CommitChange, openCommitChange } from './commit-change.ts';
import { jobEntity, runEntity, stateEntity } from './entities.ts';

/** Where a job is. */
export interface JobKey {
  readonly tenant: string;
  readonly model: string;
  readonly job: string;
}

/** Whose a run at the training service is, and what it is paid for by. */
export interface RunOwner extends JobKey {
  readonly instanceType: InstanceType;
  readonly spot: boolean;
}

/** Training jobs, and what the trainings of a model have in common. */
export interface TrainingStore {
  /** @returns that of a model that was never trained where nothing is stored */
  state(tenant: string, model: string): Promise<TrainingState>;
  job(key: JobKey): Promise<JobRecord | undefined>;
  /** @returns jobs, the newest first, older than the one given */
  list(tenant: string, model: string, limit: number, before?: string): Promise<JobRecord[]>;
  /** Every job of every tenant that has not ended. */
  running(): AsyncIterable<JobKey>;
  readonly commit: CommitChange;
  /** Keeps whose a run at the training service is, and on what. */
  nameRun(name: string, owner: RunOwner): Promise<void>;
  ownerOfRun(name: string): Promise<RunOwner | undefined>;
}

export const openTrainingStore = (table: Table, clock: Clock): TrainingStore => {
  const jobs = jobEntity(table);
  const states = stateEntity(table);
  const runs = runEntity(table);
  return {
    commit: openCommitChange(table, clock),
    state: async (tenant, model) => {
      const { data } = await states.get({ tenant, model }).go({ consistent: true });
      return data === null ? neverTrained : TrainingState.parse(data.record);
    },
    job: async ({ tenant, model, job: id }) => {
      const { data } = await jobs.get({ tenant, model, id }).go({ consistent: true });
      return data === null ? undefined : JobRecord.parse(data.record);
    },
    list: async (tenant, model, limit, before) => {
      const query = jobs.query.byId({ tenant, model });
      const { data } = await (before === undefined ? query : query.lt({ id: before })).go({
        limit,
        order: 'desc',
        consistent: true,
      });
      return data.map(({ record }) => JobRecord.parse(record));
    },
    running: async function* () {
      let cursor: string | null = null;
      do {
        const page: { data: { tenant: string; model: string; id: string }[]; cursor: string | null } = await jobs.query
          .running({ owner: platformTenant })
          .go({ cursor });
        for (const { tenant, model, id } of page.data) yield { tenant, model, job: id };
        cursor = page.cursor;
      } while (cursor !== null);
    },
    nameRun: async (name, { tenant, model, job, instanceType, spot }) => {
      await runs.put({ platform: platformTenant, name, tenant, model, job, instanceType, spot }).go();
    },
    ownerOfRun: async (name) => {
      const { data } = await runs.get({ platform: platformTenant, name }).go({ consistent: true });
      if (data === null) return undefined;
      // An earlier release kept neither.
      const { tenant, model, job, instanceType = 'ml.m5.large', spot = false } = data;
      return { tenant, model, job, instanceType, spot };
    },
  };
};
