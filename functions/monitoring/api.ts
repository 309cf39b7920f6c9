import { EvaluationId } from '../../contracts/identifiers.ts';
import { monitoring as routes } from '../../contracts/routes/index.ts';
import { openDatasets } from '../cases/index.ts';
import { openOutcomeSums, openPredictionCounts, openRouteReader } from '../inference/index.ts';
import { openModels, openVersions } from '../models/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, encodeCursor, pageOf } from '../platform/cursor.ts';
import { notFound } from '../platform/errors.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openRefusals } from '../platform/refusals.ts';
import { serve } from '../platform/serve.ts';
import { openSqsClient } from '../platform/sqs-client.ts';
import { openTable } from '../platform/table.ts';
import { openRolloutProgress } from '../rollouts/index.ts';
import { EntryNumber } from './audit/entry-number.ts';
import { checkHealth } from './check-health.ts';
import { openEvaluationStore } from './evaluations/evaluation-store.ts';
import { requestEvaluation } from './evaluations/request-evaluation.ts';
import { openCaseLabelStore } from './labels/case-label-store.ts';
import { openReadLabelMaturity } from './labels/read-label-maturity.ts';
import { makeOpenApiDocument } from './openapi.ts';
import { openPerformanceStore } from './performance/performance-store.ts';
import { openReadPerformance } from './performance/read-performance.ts';
import { makeSuggestions } from './suggestions/make-suggestions.ts';

const config = readConfig('monitoring/api');
const table = openTable(config.TABLE_NAME);
const models = openModels(table);
const trail = openAuditTrail(table, systemClock);
const outcomes = openOutcomeSums(table);
const readPerformance = openReadPerformance({
  models,
  routes: openRouteReader(table),
  performance: openPerformanceStore(table),
  outcomes,
  clock: systemClock,
});
const readLabelMaturity = openReadLabelMaturity({
  models,
  predictions: openPredictionCounts(table),
  outcomes,
  caseLabels: openCaseLabelStore(table),
  progress: openRolloutProgress(table, systemClock),
  clock: systemClock,
});

const evaluations = openEvaluationStore(table);
const dependencies = {
  models,
  versions: openVersions(table),
  datasets: openDatasets(table, openObjectStore(config.BUCKET_NAME)),
  evaluations,
  queue: { client: openSqsClient(), url: config.EVALUATION_QUEUE_URL },
  clock: systemClock,
};

let document: unknown;

/** The routes of monitoring. */
export const handler = serve(
  routes,
  {
    getPerformance: async ({ principal: { tenant }, params: { model } }) => ({
      status: 200,
      body: await readPerformance(tenant, model),
    }),
    getLabelMaturity: async ({ principal: { tenant }, params: { model } }) => ({
      status: 200,
      body: await readLabelMaturity(tenant, model),
    }),
    postSuggestions: async ({ principal: { tenant }, params: { model }, body: { dataset } }) => ({
      status: 200,
      body: await makeSuggestions(dependencies, tenant, model, dataset),
    }),
    postEvaluation: async ({ principal: { tenant }, params: { model, version }, body }) => ({
      status: 202,
      body: await requestEvaluation(dependencies, { tenant, model, versions: [version], ...body }),
    }),
    postComparison: async ({ principal: { tenant }, params: { model }, body }) => ({
      status: 202,
      body: await requestEvaluation(dependencies, { tenant, model, ...body }),
    }),
    listEvaluations: async ({ principal: { tenant }, params: { model }, query: { limit, cursor } }) => {
      if ((await models.get(tenant, model)) === undefined) throw notFound(`a model ${model}`);
      const found = await evaluations.list(tenant, model, limit + 1, decodeCursor(cursor, EvaluationId));
      const { items, ...rest } = pageOf(found, limit, ({ id }) => id);
      return { status: 200, body: { ...rest, items: [...items] } };
    },
    getEvaluation: async ({ principal: { tenant }, params: { model, evaluation: id } }) => {
      const evaluation = await evaluations.get(tenant, model, id);
      if (evaluation === undefined) throw notFound(`an evaluation ${id} of ${model}`);
      return { status: 200, body: evaluation };
    },
    listAudit: async ({ principal: { tenant }, query: { limit, cursor } }) => {
      const below = decodeCursor(cursor, EntryNumber);
      const { items, next } = await trail.page(tenant, limit, below === undefined ? undefined : Number(below));
      return { status: 200, body: { items, nextCursor: encodeCursor(next === undefined ? undefined : String(next)) } };
    },
    getHealth: async () => {
      const health = await checkHealth(table, config.CODE_VERSION);
      return { status: health.status === 'ok' ? 200 : 503, body: health };
    },
    getOpenApi: async () => {
      document ??= makeOpenApiDocument();
      return { status: 200, body: document, headers: { 'cache-control': 'public, max-age=300' } };
    },
  },
  { idempotency: openIdempotency(table, systemClock), onRefused: openRefusals(trail, systemClock) },
);
