import { GateInput, GateOutput } from '../../contracts/workflows.ts';
import { openRouteReader, openServing } from '../inference/index.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openGate } from './gate/gate-version.ts';
import { openModels } from './store/models.ts';

const config = readConfig('models/gate-version');
const table = openTable(config.TABLE_NAME);
const objects = openObjectStore(config.BUCKET_NAME);
const gate = openGate({
  models: openModels(table),
  routes: openRouteReader(table),
  serving: openServing({ objects }),
  objects,
  stopwatch: () => performance.now(),
});

/** A task of the retrain machine: examines what a training delivered. */
export const handler = async (event: unknown): Promise<GateOutput> => {
  const input = GateInput.parse(event);
  const output = GateOutput.parse(await gate(input));
  for (const { check, passed, numbers } of output.findings)
    logger.info('examined', { job: input.job, check, passed, numbers });
  return output;
};
