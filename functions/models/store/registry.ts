import { CustomAttributeType, createWriteTransaction, Entity } from 'electrodb';
import type { AuditEntry } from '../../../contracts/monitoring.ts';
import { VersionStatus } from '../../../contracts/statuses.ts';
import type { Version } from '../../../contracts/versions.ts';
import { auditEntity } from '../../platform/audit.ts';
import { partition, type Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import { orderOf, versionEntity } from './versions.ts';

/** The last version that a model was given. */
const registryEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'registry', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        latest: { type: 'string', required: true },
      },
      indexes: {
        ofModel: { pk: partition.ofModel, sk: { field: 'sk', composite: [], template: 'registry', casing: 'none' } },
      },
    },
    { client: table.client, table: table.table },
  );

/** What became of a job's artifact: a version, or a refusal that says why there is none. */
export type Registration = { readonly version: string; readonly passed: boolean } | { readonly refusal: string };

/** One a job, so that a job which is registered again gets the answer it got. */
const registrationEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'registration', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        job: { type: 'string', required: true },
        registration: { type: CustomAttributeType<Registration>('any'), required: true },
      },
      indexes: {
        byJob: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['job'], template: 'registration#${job}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Whose registration it is. */
interface JobKey {
  readonly tenant: string;
  readonly model: string;
  readonly job: string;
}

/** Gives versions their numbers, one after another. */
export interface Registry {
  /** @returns the last version's name; undefined where the model has none */
  latest(tenant: string, model: string): Promise<string | undefined>;
  /** @returns what became of a job's artifact; undefined where nothing was decided yet */
  registration(key: JobKey): Promise<Registration | undefined>;
  /**
   * Stores a version, its number, its job's registration and the audit, in one transaction.
   *
   * @param latest - as it was read
   * @returns false where another writer came between, be it for the same job
   */
  register(key: JobKey, latest: string | undefined, version: Version, audit: readonly AuditEntry[]): Promise<boolean>;
  /** Stores that a job gives no version, and why; as `register` does. */
  refuse(key: JobKey, refusal: string, audit: readonly AuditEntry[]): Promise<boolean>;
}

export const openRegistry = (table: Table): Registry => {
  const entities = {
    registries: registryEntity(table),
    registrations: registrationEntity(table),
    versions: versionEntity(table),
    audit: auditEntity(table),
  };
  return {
    latest: async (tenant, model) => {
      const { data } = await entities.registries.get({ tenant, model }).go({ consistent: true });
      return data?.latest;
    },
    registration: async (key) => {
      const { data } = await entities.registrations.get(key).go({ consistent: true });
      return data?.registration;
    },
    register: async (key, latest, { status, rollout: _, ...record }, audit) => {
      const { tenant, model } = key;
      const next = { tenant, model, latest: record.version };
      const registration = { version: record.version, passed: status !== VersionStatus.Rejected };
      const result = await createWriteTransaction(entities, (on) => [
        latest === undefined
          ? on.registries.create(next).commit()
          : on.registries
              .put(next)
              .where((attributes, { eq }) => eq(attributes.latest, latest))
              .commit(),
        on.versions.create({ tenant, model, order: orderOf(record.version), status, record }).commit(),
        on.registrations.create({ ...key, registration }).commit(),
        ...audit.map((entry) => on.audit.create({ tenant, number: entry.number, entry }).commit()),
      ]).go();
      return isStored(result);
    },
    refuse: async (key, refusal, audit) => {
      const result = await createWriteTransaction(entities, (on) => [
        on.registrations.create({ ...key, registration: { refusal } }).commit(),
        ...audit.map((entry) => on.audit.create({ tenant: key.tenant, number: entry.number, entry }).commit()),
      ]).go();
      return isStored(result);
    },
  };
};
