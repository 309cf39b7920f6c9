import type * as z from 'zod';
import { RolloutEnd } from '../../contracts/rollouts.ts';
import { EndRolloutInput, EndRolloutOutput } from '../../contracts/workflows.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { expire } from './domain/changes.ts';
import { closeRollout, endRollout } from './operations/end-rollout.ts';
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
export const handler = async (event: unknown): Promise<z.infer<typeof EndRolloutOutput>> => {
  const { alarmsDeleted, error, ...key } = EndRolloutInput.parse(event);
  if (alarmsDeleted) {
    const { status } = await closeRollout(dependencies.store, key);
    return EndRolloutOutput.parse({ status });
  }
  const reason = `The rollout could not be judged further (${error?.Error ?? 'no error named'}); the champion stays.`;
  const { status } = await endRollout(dependencies, key, 'rollouts:end', (route, rollout, evidence, occasion) =>
    expire(route, rollout, RolloutEnd.Error, reason, evidence, occasion),
  );
  return EndRolloutOutput.parse({ status });
};
