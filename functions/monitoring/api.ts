import { monitoring as routes } from '../../contracts/routes/index.ts';
import { openOutcomeSums, openPredictionCounts, openRouteReader } from '../inference/index.ts';
import { openModels } from '../models/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openRolloutProgress } from '../rollouts/index.ts';
import { EntryNumber } from './audit/entry-number.ts';
import { checkHealth } from './check-health.ts';
import { openCaseLabelStore } from './labels/case-label-store.ts';
import { openReadLabelMaturity } from './labels/read-label-maturity.ts';
import { makeOpenApiDocument } from './openapi.ts';
import { openPerformanceStore } from './performance/performance-store.ts';
import { openReadPerformance } from './performance/read-performance.ts';

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

let document: unknown;

/** The routes of monitoring. */
export const handler = serve(routes, {
  getPerformance: async ({ principal: { tenant }, params: { model } }) => ({
    status: 200,
    body: await readPerformance(tenant, model),
  }),
  getLabelMaturity: async ({ principal: { tenant }, params: { model } }) => ({
    status: 200,
    body: await readLabelMaturity(tenant, model),
  }),
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
});
