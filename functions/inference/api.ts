import { inference } from '../../contracts/routes/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { openKeyRing } from '../platform/key-ring.ts';
import { openPseudonymStore } from '../platform/pseudonyms.ts';
import { openRefusals } from '../platform/refusals.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openCountOutcome } from './outcomes/count-outcome.ts';
import { keepWithoutPredictionId } from './outcomes/keep-without-prediction-id.ts';
import { openOutcomeRules } from './outcomes/outcome-rules.ts';
import { openOutcomeStore } from './outcomes/outcome-store.ts';
import { openSubjectPseudonym } from './outcomes/subject-pseudonym.ts';

const config = readConfig('inference/api');
const table = openTable(config.TABLE_NAME);
const countOutcome = openCountOutcome({
  outcomes: openOutcomeStore(table, Math.random),
  rules: openOutcomeRules(table, systemClock),
  pseudonymOf: openSubjectPseudonym(openPseudonymStore(table), systemClock),
  keyRing: openKeyRing(config.HMAC_KEY_ID),
  clock: systemClock,
});
const { postOutcome } = inference;

/** Outcomes of predictions. Predictions themselves have a function of their own: predict.ts. */
export const handler = serve(
  { postOutcome },
  {
    postOutcome: async ({ principal, params, body }) => ({
      status: 202,
      body: await countOutcome(principal.tenant, params.model, body),
    }),
  },
  {
    idempotency: keepWithoutPredictionId(openIdempotency(table, systemClock)),
    onRefused: openRefusals(openAuditTrail(table, systemClock), systemClock),
  },
);
