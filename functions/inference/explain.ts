import { inference } from '../../contracts/routes/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openExplain } from './explanations/explain.ts';
import { openExplainableVersions } from './explanations/explainable-version.ts';
import { openExplainers } from './explanations/explainers.ts';
import { openServing } from './stored-artifacts.ts';
import { threadsFor } from './threads.ts';

const config = readConfig('inference/explain');
const objects = openObjectStore(config.BUCKET_NAME);
const explain = openExplain({
  read: openExplainableVersions(openTable(config.TABLE_NAME)),
  serving: openServing({ objects, threads: threadsFor(config.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) }),
  explainers: openExplainers(objects),
  clock: systemClock,
});
const { postExplanation } = inference;

/** Explanations of predictions. They have a function of their own: predict.ts is to stay small. */
export const handler = serve(
  { postExplanation },
  {
    postExplanation: async ({ principal: { tenant }, params: { model }, body }) => ({
      status: 200,
      body: await explain(tenant, model, body),
    }),
  },
);
