import { type BeginOutput, BeginOutput as Output, RolloutInput } from '../../contracts/workflows.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { planAlarms } from './domain/alarm-plan.ts';
import { expectRollout } from './operations/end-rollout.ts';
import { openDeploymentStore } from './store/deployment-store.ts';

const config = readConfig('rollouts/begin-rollout');
const store = openDeploymentStore(openTable(config.TABLE_NAME), systemClock);

/** First task of the rollout machine: which alarms the rollout needs, or has left behind where it has ended. */
export const handler = async (event: unknown): Promise<BeginOutput> => {
  const rollout = await expectRollout(store, RolloutInput.parse(event));
  const { alarms, guards, names } = planAlarms(rollout);
  return Output.parse({ status: rollout.status, alarms, guards, alarmNames: names, waitSeconds: 1 });
};
