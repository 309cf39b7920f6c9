import type { BeginOutput } from '../../../contracts/workflows.ts';
import { planAlarms } from '../domain/alarm-plan.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import { expectRollout, type RolloutKey } from './end-rollout.ts';

/** Until the first judgement: it sees whether the alarms are there. */
const waitSeconds = 1;

/**
 * Says which alarms a rollout needs while it runs, and has left behind where it has ended.
 *
 * @throws UnknownRolloutError
 */
export const nameAlarms = async (store: Pick<DeploymentStore, 'rollout'>, key: RolloutKey): Promise<BeginOutput> => {
  const rollout = await expectRollout(store, key);
  const { alarms, guards, names } = planAlarms(rollout);
  return { status: rollout.status, alarms: [...alarms], guards: [...guards], alarmNames: [...names], waitSeconds };
};
