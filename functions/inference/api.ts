import { inference } from '../../contracts/routes/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { openKeyRing } from '../platform/key-ring.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openCountOutcome } from './count-outcome.ts';
import { openOutcomes } from './outcome-store.ts';

const config = readConfig('inference/api');
const table = openTable(config.TABLE_NAME);
const countOutcome = openCountOutcome(openOutcomes(table), openKeyRing(config.HMAC_KEY_ID));
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
  openIdempotency(table, systemClock),
);
