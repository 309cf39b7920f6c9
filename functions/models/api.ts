import { VersionName } from '../../contracts/identifiers.ts';
import type { Model } from '../../contracts/model.ts';
import { models as routes } from '../../contracts/routes/index.ts';
import { openRouteReader } from '../inference/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, pageOf } from '../platform/cursor.ts';
import { notFound } from '../platform/errors.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { actorOf } from '../platform/principal.ts';
import { openRefusals } from '../platform/refusals.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { declareModel } from './registry/declare-model.ts';
import { openModels } from './store/models.ts';
import { openVersions } from './store/versions.ts';

const config = readConfig('models/api');
const table = openTable(config.TABLE_NAME);
const models = openModels(table);
const versions = openVersions(table);
const registration = {
  models,
  routes: openRouteReader(table),
  audit: openAuditTrail(table, systemClock),
  clock: systemClock,
};

const findModel = async (tenant: string, name: string): Promise<Model> => {
  const model = await models.get(tenant, name);
  if (model === undefined) throw notFound(`a model ${name}`);
  return model;
};

export const handler = serve(
  routes,
  {
    putModel: async ({ principal, params: { model: name }, body: declaration }) => {
      const actor = actorOf(principal);
      const { model, created, notices } = await declareModel(registration, {
        tenant: principal.tenant,
        name,
        declaration,
        actor,
      });
      const said = notices.length === 0 ? {} : { notices: [...notices] };
      return { status: created ? 201 : 200, body: { ...model, ...said } };
    },
    getModel: async ({ principal: { tenant }, params }) => {
      return { status: 200, body: await findModel(tenant, params.model) };
    },
    listModels: async ({ principal: { tenant }, query: { limit, cursor } }) => {
      const found = await models.list(tenant, limit + 1, decodeCursor(cursor));
      return { status: 200, body: pageOf(found, limit, ({ name }) => name) };
    },
    listVersions: async ({ principal: { tenant }, params, query: { limit, cursor } }) => {
      const { name } = await findModel(tenant, params.model);
      const found = await versions.list(tenant, name, limit + 1, decodeCursor(cursor, VersionName));
      return { status: 200, body: pageOf(found, limit, ({ version }) => version) };
    },
    getVersion: async ({ principal: { tenant }, params: { model, version: name } }) => {
      const version = await versions.get(tenant, model, name);
      if (version === undefined) throw notFound(`a version ${name} of ${model}`);
      return { status: 200, body: version };
    },
  },
  { idempotency: openIdempotency(table, systemClock), onRefused: openRefusals(registration.audit, systemClock) },
);
