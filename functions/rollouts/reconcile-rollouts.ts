import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openRolloutMachine } from './machine.ts';
import { reconcileRollouts } from './operations/reconcile-rollouts.ts';
import { openDeploymentStore } from './store/deployment-store.ts';

const config = readConfig('rollouts/reconcile-rollouts');
const store = openDeploymentStore(openTable(config.TABLE_NAME), systemClock);
const machine = openRolloutMachine(config.ROLLOUT_MACHINE_ARN);

/** Called every minute: no open rollout stays without a machine. */
export const handler = async (): Promise<void> => {
  const started = await reconcileRollouts(store, machine);
  logger.info('reconciled', { started });
};
