import { CustomAttributeType, createWriteTransaction, Entity } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import { Model } from '../../../contracts/model.ts';
import { partition, type Table } from '../../platform/table.ts';

/** The predict function reads this item raw, by the same key: `functions/inference/serving-items.ts`. */
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

/** The registered models. */
export interface Models {
  get(tenant: string, model: string): Promise<Model | undefined>;
  /** @returns models by name, after the name given */
  list(tenant: string, limit: number, after?: string): Promise<Model[]>;
  /** Every model of every tenant: for schedules, which belong to no tenant. */
  directory(): AsyncIterable<{ tenant: string; model: string }>;
  /**
   * Stores a model and its place in the directory, in one transaction.
   *
   * @param before - what was read; undefined where there was no such model
   * @returns false where another writer came between
   */
  save(tenant: string, model: Model, before: Model | undefined): Promise<boolean>;
}

export const openModels = (table: Table): Models => {
  const models = modelEntity(table);
  const directory = directoryEntity(table);
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
    save: async (tenant, model, before) => {
      const item = { tenant, name: model.name, updatedAt: model.updatedAt, definition: model };
      const { canceled } = await createWriteTransaction({ models, directory }, (entities) => [
        before === undefined
          ? entities.models.create(item).commit()
          : entities.models
              .put(item)
              .where(({ updatedAt }, { eq }) => eq(updatedAt, before.updatedAt))
              .commit(),
        entities.directory.put({ tenant: platformTenant, owner: tenant, name: model.name }).commit(),
      ]).go();
      return !canceled;
    },
  };
};
