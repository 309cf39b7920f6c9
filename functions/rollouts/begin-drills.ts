import { randomBytes } from 'node:crypto';
import { openModels } from '../models/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openRolloutMachine } from './machine.ts';
import { beginDueDrills } from './operations/begin-due-drills.ts';
import { openDeploymentStore } from './store/deployment-store.ts';

const config = readConfig('rollouts/begin-drills');
const table = openTable(config.TABLE_NAME);
const dependencies = {
  store: openDeploymentStore(table, systemClock),
  models: openModels(table),
  audit: openAuditTrail(table, systemClock),
  objects: openObjectStore(config.BUCKET_NAME),
  machine: openRolloutMachine(config.ROLLOUT_MACHINE_ARN),
  clock: systemClock,
  makeSalt: () => randomBytes(16).toString('hex'),
};

/** Called each day: rehearses the rollback of the models whose policy asks for it. */
export const handler = async (): Promise<void> => {
  const begun = await beginDueDrills(dependencies);
  logger.info('drills begun', { begun });
};
