import type { Model } from '../../contracts/model.ts';
import { Role } from '../../contracts/roles.ts';
import { cases as routes } from '../../contracts/routes/index.ts';
import { openModels, openVersions } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { notFound, Problem } from '../platform/errors.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { openKeyRing } from '../platform/key-ring.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { actorOf } from '../platform/principal.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openCollectQueue } from './collect-queue.ts';
import { openCutDataset } from './datasets/cut-dataset.ts';
import { openExportDataset } from './datasets/export-dataset.ts';
import { describeCase } from './domain/describe-case.ts';
import { openEraseCase } from './erasure/erase-case.ts';
import { openReceiveCases } from './intake/receive-cases.ts';
import { casesOf, receiptOf } from './intake/reception.ts';
import { openCaseCounts } from './ledger/count-cases.ts';
import { openTraceCase } from './lineage/trace-case.ts';
import { openCaseStore } from './store/cases.ts';
import { openDatasetStore } from './store/datasets.ts';

const config = readConfig('cases/api');
const table = openTable(config.TABLE_NAME);
const objects = openObjectStore(config.BUCKET_NAME);
const queue = openCollectQueue(config.COLLECT_QUEUE_URL);
const models = openModels(table);
const cases = openCaseStore(table);
const counts = openCaseCounts(table);
const datasets = openDatasetStore(table);
const keyRing = openKeyRing(config.HMAC_KEY_ID);
const receiveCases = openReceiveCases(table, queue, keyRing, systemClock);
const eraseCase = openEraseCase(table, objects, keyRing, systemClock);
const traceCase = openTraceCase(table, objects, openVersions(table));
const cutDataset = openCutDataset(table, objects, systemClock);
const exportDataset = openExportDataset(table, objects);

const findModel = async (tenant: string, name: string): Promise<Model> => {
  const model = await models.get(tenant, name);
  if (model === undefined) throw notFound(`a model ${name}`);
  return model;
};

/** Cases and the datasets that are cut of them. */
export const handler = serve(
  routes,
  {
    postCases: async ({ principal: { tenant, role }, params, body }) => {
      const model = await findModel(tenant, params.model);
      const rights = { gold: role !== Role.App };
      return { status: 202, body: receiptOf(body, await receiveCases(tenant, model, casesOf(body), rights)) };
    },
    getCaseStatistics: async ({ principal: { tenant }, params }) => {
      const { name } = await findModel(tenant, params.model);
      return { status: 200, body: await counts.statistics(tenant, name) };
    },
    getCase: async ({ principal: { tenant }, params }) => {
      const found = await cases.get(tenant, params.model, params.case);
      if (found === undefined) throw notFound(`a case ${params.case}`);
      return { status: 200, body: describeCase(found) };
    },
    deleteCase: async ({ principal, params }) => {
      const model = await findModel(principal.tenant, params.model);
      const erased = await eraseCase(principal.tenant, model, params.case, actorOf(principal));
      if (erased === undefined) throw notFound(`a case ${params.case}`);
      return { status: 200, body: describeCase(erased) };
    },
    getCaseLineage: async ({ principal: { tenant }, params }) => {
      const lineage = await traceCase(tenant, params.model, params.case);
      if (lineage === undefined) throw notFound(`a case ${params.case}`);
      return { status: 200, body: lineage };
    },
    postDataset: async ({ principal, params }) => {
      const model = await findModel(principal.tenant, params.model);
      const cut = await cutDataset(principal.tenant, model, actorOf(principal));
      if ('dataset' in cut) return { status: cut.created ? 201 : 200, body: cut.dataset };
      throw new Problem('too-few-cases', cut.detail, { needed: cut.needed, accepted: cut.accepted });
    },
    listDatasets: async ({ principal: { tenant }, params, query }) => {
      const { name } = await findModel(tenant, params.model);
      const page = await datasets.list(tenant, name, query.limit, decodeCursor(query.cursor));
      const nextCursor = encodeCursor(page.cursor);
      return { status: 200, body: { items: page.items, ...(nextCursor === undefined ? {} : { nextCursor }) } };
    },
    exportDataset: async ({ principal: { tenant }, params, query }) => {
      const exported = await exportDataset(tenant, params.model, params.dataset, query.format);
      if (exported === undefined) throw notFound(`a dataset ${params.dataset}`);
      if ('lines' in exported) return { status: 200, body: exported.lines };
      return { status: 303, headers: { location: exported.address } };
    },
  },
  { idempotency: openIdempotency(table, systemClock) },
);
