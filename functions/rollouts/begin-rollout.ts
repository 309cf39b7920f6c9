import { type BeginOutput, BeginOutput as Output, RolloutInput } from '../../contracts/workflows.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { nameAlarms } from './operations/name-alarms.ts';
import { openDeploymentStore } from './store/deployment-store.ts';

const config = readConfig('rollouts/begin-rollout');
const store = openDeploymentStore(openTable(config.TABLE_NAME), systemClock);

/** First task of the rollout machine: which alarms the rollout needs, or has left behind where it has ended. */
export const handler = async (event: unknown): Promise<BeginOutput> =>
  Output.parse(await nameAlarms(store, RolloutInput.parse(event)));
