import type * as z from 'zod';
import { EndRolloutInput, EndRolloutOutput } from '../../contracts/workflows.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { endOrClose } from './operations/end-or-close.ts';
import { openDeploymentStore } from './store/deployment-store.ts';
import { openEvidenceStores } from './store/evidence-items.ts';

const config = readConfig('rollouts/end-rollout');
const table = openTable(config.TABLE_NAME);
const dependencies = {
  store: openDeploymentStore(table, systemClock),
  ...openEvidenceStores(table),
  clock: systemClock,
};

/**
 * Task of the rollout machine, twice: after an error it ends the rollout and keeps the champion; once the alarms are
 * deleted it closes the rollout.
 */
export const handler = async (event: unknown): Promise<z.infer<typeof EndRolloutOutput>> =>
  EndRolloutOutput.parse(await endOrClose(dependencies, EndRolloutInput.parse(event)));
