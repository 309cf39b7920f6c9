import { monitoring as routes } from '../../contracts/routes/index.ts';
import { openOutcomeSums, openPredictionCounts, openRouteReader } from '../inference/index.ts';
import { openModels } from '../models/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { notFound } from '../platform/errors.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openRolloutProgress } from '../rollouts/index.ts';
import { EntryNumber } from './audit/entry-number.ts';
import { checkHealth } from './check-health.ts';
import { openCaseLabelStore } from './labels/case-label-store.ts';
import { openReadLabelMaturity } from './labels/read-label-maturity.ts';
import { makeOpenApiDocument } from './openapi.ts';
import { openPerformanceStore } from './performance/performance-store.ts';
import { byVersion, presentPerformance } from './performance/present.ts';

const config = readConfig('monitoring/api');
const table = openTable(config.TABLE_NAME);
const models = openModels(table);
const trail = openAuditTrail(table, systemClock);
const performance = openPerformanceStore(table);
const outcomes = openOutcomeSums(table);
const serving = openRouteReader(table);
const readLabelMaturity = openReadLabelMaturity({
  models,
  predictions: openPredictionCounts(table),
  outcomes,
  caseLabels: openCaseLabelStore(table),
  progress: openRolloutProgress(table, systemClock),
  clock: systemClock,
});

/** Points of a version's history in one answer. */
const shownPoints = 500;

let document: unknown;

/** The routes of monitoring. */
export const handler = serve(routes, {
  getPerformance: async ({ principal: { tenant }, params: { model } }) => {
    if ((await models.get(tenant, model)) === undefined) throw notFound(`a model ${model}`);
    const [route, scored, rewarded] = await Promise.all([
      serving.get(tenant, model),
      performance.all(tenant, model),
      outcomes.days(tenant, model),
    ]);
    const names = new Set([...scored, ...rewarded].map(({ version }) => version));
    const versions = await Promise.all(
      [...names].map(async (version) =>
        presentPerformance(
          version,
          scored.find((totals) => totals.version === version)?.totals,
          rewarded.filter((totals) => totals.version === version),
          await performance.history(tenant, model, version, shownPoints),
        ),
      ),
    );
    const now = { champion: route?.champion.version, challenger: route?.challenger?.version };
    return { status: 200, body: { model, ...now, versions: versions.sort(byVersion) } };
  },
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
