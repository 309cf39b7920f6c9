import { CustomAttributeType, createWriteTransaction, Entity } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import { Model } from '../../../contracts/model.ts';
import type { AuditEntry } from '../../../contracts/monitoring.ts';
import { auditEntity } from '../../platform/audit.ts';
import { partition, type Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import { type LedgerRevision, ledgerEntity } from './ledger-revision.ts';

/** The predict function reads this item raw, by the same key: `functions/inference/signed-table.ts`. */
const modelEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'model', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        name: { type: 'string', required: true },
        updatedAt: { type: 'string', required: true },
        definition: { type: CustomAttributeType<Model>('any'), required: true },
      },
      indexes: {
        byName: {
          pk: partition.ofTenant('models'),
          sk: { field: 'sk', composite: ['name'], template: 'model#${name}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

const directoryEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'directory-entry', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        owner: { type: 'string', required: true },
        name: { type: 'string', required: true },
      },
      indexes: {
        byOwner: {
          pk: partition.ofTenant('directory'),
          sk: { field: 'sk', composite: ['owner', 'name'], template: 'tenant#${owner}#model#${name}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** What is stored together with a model, in the same transaction. */
interface Along {
  /** Entries of the audit, as `AuditTrail.next` gave them. */
  readonly audit?: readonly AuditEntry[];
  /** The ledger as it was read: the model is stored only where no case was decided since. */
  readonly ledger?: LedgerRevision | undefined;
}

/** The registered models. */
export interface Models {
  get(tenant: string, model: string): Promise<Model | undefined>;
  /** @returns models by name, after the name given */
  list(tenant: string, limit: number, after?: string): Promise<Model[]>;
  /** Every model of every tenant: for schedules, which belong to no tenant. */
  directory(): AsyncIterable<{ tenant: string; model: string }>;
  /** How far the model's ledger has come. */
  ledger(tenant: string, model: string): Promise<LedgerRevision>;
  /**
   * Stores a model and its place in the directory, in one transaction.
   *
   * @param before - what was read; undefined where there was no such model
   * @returns false where another writer came between
   */
  save(tenant: string, model: Model, before: Model | undefined, along?: Along): Promise<boolean>;
}

export const openModels = (table: Table): Models => {
  const models = modelEntity(table);
  const directory = directoryEntity(table);
  const ledgers = ledgerEntity(table);
  const audit = auditEntity(table);
  return {
    get: async (tenant, name) => {
      const { data } = await models.get({ tenant, name }).go({ consistent: true });
      return data === null ? undefined : Model.parse(data.definition);
    },
    list: async (tenant, limit, after) => {
      const query = models.query.byName({ tenant });
      const { data } = await (after === undefined ? query : query.gt({ name: after })).go({ limit, consistent: true });
      return data.map(({ definition }) => Model.parse(definition));
    },
    directory: async function* () {
      let cursor: string | null = null;
      do {
        const found: { data: { owner: string; name: string }[]; cursor: string | null } = await directory.query
          .byOwner({ tenant: platformTenant })
          .go({ cursor });
        for (const { owner, name } of found.data) yield { tenant: owner, model: name };
        cursor = found.cursor;
      } while (cursor !== null);
    },
    ledger: async (tenant, model) => {
      const { data } = await ledgers.get({ tenant, model }).go({ consistent: true });
      return { revision: data?.revision ?? 0, accepted: data?.head.accepted ?? 0 };
    },
    save: async (tenant, model, before, { audit: entries = [], ledger } = {}) => {
      const item = { tenant, name: model.name, updatedAt: model.updatedAt, definition: model };
      const result = await createWriteTransaction({ models, directory, ledgers, audit }, (on) => [
        before === undefined
          ? on.models.create(item).commit()
          : on.models
              .put(item)
              .where(({ updatedAt }, { eq }) => eq(updatedAt, before.updatedAt))
              .commit(),
        on.directory.put({ tenant: platformTenant, owner: tenant, name: model.name }).commit(),
        ...(ledger === undefined
          ? []
          : [
              on.ledgers
                .check({ tenant, model: model.name })
                .where(({ revision }, { eq, notExists }) =>
                  ledger.revision === 0 ? notExists(revision) : eq(revision, ledger.revision),
                )
                .commit(),
            ]),
        ...entries.map((entry) => on.audit.create({ tenant, number: entry.number, entry }).commit()),
      ]).go();
      return isStored(result);
    },
  };
};
