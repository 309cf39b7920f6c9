import { CustomAttributeType, Entity } from 'electrodb';
import { Evaluation } from '../../../contracts/evaluations.ts';
import { isFinishedEvaluation } from '../../../contracts/statuses.ts';
import { isConditionFailure } from '../../platform/errors.ts';
import { partition, type Table } from '../../platform/table.ts';
import { packResults, unpackResults } from './packed-results.ts';

/** An evaluation is one item: its results are packed, and their slices bounded, so that it fits. */
const evaluationEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'evaluation', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        id: { type: 'string', required: true },
        open: { type: 'boolean', required: true },
        record: { type: CustomAttributeType<Omit<Evaluation, 'results'>>('any'), required: true },
        results: { type: CustomAttributeType<Uint8Array>('any') },
      },
      indexes: {
        byId: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['id'], template: 'evaluation#${id}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

export interface EvaluationStore {
  get(tenant: string, model: string, id: string): Promise<Evaluation | undefined>;
  /** @returns evaluations without their results, the newest first, older than the one given */
  list(tenant: string, model: string, limit: number, before?: string): Promise<Evaluation[]>;
  create(tenant: string, evaluation: Evaluation): Promise<void>;
  /** Ends an evaluation, once. @returns false where it had ended before */
  end(tenant: string, evaluation: Evaluation): Promise<boolean>;
}

/** The first key of the list; ids sort by their time. */
const firstId = 'evl_';

export const openEvaluationStore = (table: Table): EvaluationStore => {
  const entity = evaluationEntity(table);
  const itemOf = (tenant: string, { results, ...record }: Evaluation) => ({
    tenant,
    model: record.model,
    id: record.id,
    open: !isFinishedEvaluation(record.status),
    record,
    ...(results === undefined ? {} : { results: packResults(results) }),
  });
  return {
    get: async (tenant, model, id) => {
      const { data } = await entity.get({ tenant, model, id }).go({ consistent: true });
      if (data === null) return undefined;
      const { record, results } = data;
      return Evaluation.parse(results === undefined ? record : { ...record, results: unpackResults(results) });
    },
    list: async (tenant, model, limit, before) => {
      const { data } = await entity.query
        .byId({ tenant, model })
        .between({ id: firstId }, { id: before ?? `${firstId}~` })
        // A page of a query ends after 1 MB, which a few items with results are.
        .go({
          count: before === undefined ? limit : limit + 1,
          attributes: ['id', 'record'],
          order: 'desc',
          consistent: true,
        });
      return data
        .filter(({ id }) => id !== before)
        .slice(0, limit)
        .map(({ record }) => Evaluation.parse(record));
    },
    create: async (tenant, evaluation) => {
      await entity.create(itemOf(tenant, evaluation)).go();
    },
    end: async (tenant, evaluation) => {
      try {
        await entity
          .put(itemOf(tenant, evaluation))
          .where(({ open }, { eq }) => eq(open, true))
          .go();
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
};
