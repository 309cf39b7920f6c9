import { CustomAttributeType, Entity } from 'electrodb';
import { Dataset } from '../../../contracts/datasets.ts';
import { isConditionFailure } from '../../platform/errors.ts';
import { partition, type Table } from '../../platform/table.ts';

const datasetEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'dataset', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        id: { type: 'string', required: true },
        createdAt: { type: 'string', required: true },
        description: { type: CustomAttributeType<Dataset>('any'), required: true },
      },
      indexes: {
        byId: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['id'], template: 'dataset#${id}', casing: 'none' },
        },
        byTime: {
          index: 'gsi1',
          pk: {
            field: 'gsi1pk',
            composite: ['tenant', 'model'],
            template: 'tenant#${tenant}#model#${model}#datasets',
            casing: 'none',
          },
          sk: { field: 'gsi1sk', composite: ['createdAt', 'id'], template: '${createdAt}#${id}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** The datasets of models; immutable. */
export interface DatasetStore {
  get(tenant: string, model: string, id: string): Promise<Dataset | undefined>;
  /** Datasets, the newest first. @param cursor - where the page before ended */
  list(
    tenant: string,
    model: string,
    limit: number,
    cursor?: string,
  ): Promise<{ items: Dataset[]; cursor: string | undefined }>;
  /** @returns the dataset as it is stored, and whether this call stored it */
  create(tenant: string, dataset: Dataset): Promise<{ dataset: Dataset; created: boolean }>;
}

export const openDatasetStore = (table: Table): DatasetStore => {
  const entity = datasetEntity(table);
  const get: DatasetStore['get'] = async (tenant, model, id) => {
    const { data } = await entity.get({ tenant, model, id }).go({ consistent: true });
    return data === null ? undefined : Dataset.parse(data.description);
  };
  return {
    get,
    list: async (tenant, model, limit, before) => {
      const query = entity.query.byTime({ tenant, model });
      const [createdAt = '', id = ''] = before?.split('#') ?? [];
      const { data } = await (before === undefined ? query : query.lt({ createdAt, id })).go({ limit, order: 'desc' });
      const items = data.map(({ description }) => Dataset.parse(description));
      const last = items.at(-1);
      return { items, cursor: last === undefined || items.length < limit ? undefined : `${last.createdAt}#${last.id}` };
    },
    create: async (tenant, dataset) => {
      const { model, id, createdAt } = dataset;
      try {
        await entity.create({ tenant, model, id, createdAt, description: dataset }).go();
        return { dataset, created: true };
      } catch (error) {
        if (!isConditionFailure((error as Error).cause ?? error)) throw error;
        return { dataset: (await get(tenant, model, id)) ?? dataset, created: false };
      }
    },
  };
};
