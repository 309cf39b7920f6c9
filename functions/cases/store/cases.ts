import { CustomAttributeType, Entity } from 'electrodb';
import type { QuarantineReason } from '../../../contracts/cases.ts';
import { CaseStatus } from '../../../contracts/statuses.ts';
import { partition, type Table } from '../../platform/table.ts';
import { untilProcessed } from '../../platform/until-processed.ts';
import type { CaseContent, StoredCase } from '../domain/stored-case.ts';

/** Batch calls that are under way at once. */
const concurrency = 8;

/** A case stands in the index while it is received, and only then: `waitingSince` goes with its decision. */
export const caseEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'case', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        id: { type: 'string', required: true },
        content: { type: CustomAttributeType<CaseContent>('any'), required: true },
        status: { type: CustomAttributeType<CaseStatus>('string'), required: true },
        reasons: { type: CustomAttributeType<readonly QuarantineReason[]>('any'), required: true },
        waitingSince: { type: 'string' },
        decidedAt: { type: 'string' },
        segment: { type: 'number' },
      },
      indexes: {
        byId: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['id'], template: 'case#${id}', casing: 'none' },
        },
        waiting: {
          index: 'gsi1',
          pk: {
            field: 'gsi1pk',
            composite: ['tenant', 'model'],
            template: 'tenant#${tenant}#model#${model}#received',
            casing: 'none',
          },
          sk: { field: 'gsi1sk', composite: ['waitingSince'], template: '${waitingSince}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

type Item = StoredCase & { tenant: string; model: string; waitingSince?: string | undefined };

const caseOf = ({ tenant: _, model: __, waitingSince: ___, ...stored }: Item): StoredCase => stored;

/** The cases of models, decided or not. */
export interface CaseStore {
  get(tenant: string, model: string, id: string): Promise<StoredCase | undefined>;
  /** @returns those that exist, ordered by id */
  getMany(tenant: string, model: string, ids: readonly string[]): Promise<StoredCase[]>;
  /** Stores cases that came through the door; each is there when it resolves. */
  receive(
    tenant: string,
    model: string,
    cases: readonly Pick<StoredCase, 'id' | 'content' | 'reasons'>[],
  ): Promise<void>;
  /** Ids of received cases, the oldest first. @param before - time before which they must have come */
  waiting(tenant: string, model: string, before?: string): AsyncIterable<string>;
  /** How many cases wait. The index lags behind the table, on AWS by less than a second as a rule. */
  countWaiting(tenant: string, model: string): Promise<number>;
}

export const openCaseStore = (table: Table): CaseStore => {
  const entity = caseEntity(table);
  const waiting: CaseStore['waiting'] = async function* (tenant, model, before) {
    let cursor: string | null = null;
    do {
      const query = entity.query.waiting({ tenant, model });
      const page: { data: { id: string }[]; cursor: string | null } = await (before === undefined
        ? query
        : query.lt({ waitingSince: before })
      ).go({ cursor, attributes: ['id'] });
      for (const { id } of page.data) yield id;
      cursor = page.cursor;
    } while (cursor !== null);
  };
  return {
    waiting,
    get: async (tenant, model, id) => {
      const { data } = await entity.get({ tenant, model, id }).go({ consistent: true });
      return data === null ? undefined : caseOf(data);
    },
    getMany: async (tenant, model, ids) => {
      const found: StoredCase[] = [];
      await untilProcessed(ids, async (left) => {
        const keys = left.map((id) => ({ tenant, model, id }));
        const { data, unprocessed } = await entity.get(keys).go({ consistent: true, concurrency });
        found.push(...data.map(caseOf));
        return unprocessed.map(({ id }) => id);
      });
      return found.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    receive: async (tenant, model, cases) => {
      await untilProcessed(cases, async (left) => {
        const items = left.map(({ id, content, reasons }) => {
          return { tenant, model, id, content, reasons, status: CaseStatus.Received, waitingSince: content.receivedAt };
        });
        const { unprocessed } = await entity.put(items).go({ concurrency });
        const refused = new Set(unprocessed.map(({ id }) => id));
        return left.filter(({ id }) => refused.has(id));
      });
    },
    countWaiting: async (tenant, model) => {
      let count = 0;
      for await (const _ of waiting(tenant, model)) count += 1;
      return count;
    },
  };
};
