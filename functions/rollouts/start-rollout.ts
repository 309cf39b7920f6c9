import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { StartRolloutInput, StartRolloutOutput } from '../../contracts/workflows.ts';
import { openOutcomeSums } from '../inference/index.ts';
import { openModels, openVersions } from '../models/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { openRolloutMachine } from './machine.ts';
import { rollOutTrained } from './operations/roll-out-trained.ts';
import { openDeploymentStore } from './store/deployment-store.ts';

const config = readConfig('rollouts/start-rollout');
const table = openTable(config.TABLE_NAME);
const dependencies = {
  store: openDeploymentStore(table, systemClock),
  models: openModels(table),
  versions: openVersions(table),
  outcomeSums: openOutcomeSums(table),
  audit: openAuditTrail(table, systemClock),
  objects: openObjectStore(config.BUCKET_NAME),
  machine: openRolloutMachine(config.ROLLOUT_MACHINE_ARN),
  clock: systemClock,
  makeSalt: () => randomBytes(16).toString('hex'),
};

/** Task of the retrain machine: a version that passed the gate goes into a rollout. */
export const handler = async (event: unknown): Promise<z.infer<typeof StartRolloutOutput>> => {
  const { tenant, model, job, registered } = StartRolloutInput.parse(event);
  const rollout = await rollOutTrained(dependencies, { tenant, model, job, version: registered.version });
  return StartRolloutOutput.parse({ rollout });
};
