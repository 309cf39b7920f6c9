import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { logger } from '../../platform/telemetry.ts';
import { AttemptState, type RolloutMachine } from '../machine.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import type { RolloutKey } from './end-rollout.ts';

/**
 * Sees to it that each open rollout has a running machine: one that was never started is started, one whose execution
 * is over, by an error, a restart or its share of rounds, gets the next attempt. A rollout that has ended is open until
 * a machine has deleted its alarms.
 *
 * @returns the rollouts whose machine was started
 * @throws AggregateError naming what failed, after all others were seen to
 */
export const reconcileRollouts = async (store: DeploymentStore, machine: RolloutMachine): Promise<string[]> => {
  const started: string[] = [];
  const failures: Error[] = [];
  for await (const { tenant, model, id } of store.open()) {
    try {
      if (await revive(store, machine, { tenant, model, rollout: id })) started.push(id);
    } catch (error) {
      logger.error('rollout not reconciled', { rollout: id, error: error as Error });
      failures.push(error as Error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} rollouts could not be reconciled.`);
  return started;
};

const revive = async (
  store: DeploymentStore,
  machine: RolloutMachine,
  { tenant, model, rollout: id }: RolloutKey,
): Promise<boolean> => {
  const record = await store.rollout(tenant, model, id);
  // The index lags behind the table.
  if (record === undefined || !record.open) return false;
  const input = { tenant, model, rollout: id, attempt: record.attempt };
  const state = await machine.stateOf(input);
  if (state === AttemptState.Running) return false;
  if (state === AttemptState.Absent) {
    await machine.start(input);
    return true;
  }
  const next = { ...record, attempt: record.attempt + 1, revision: record.revision + 1 };
  // Where another writer came between, the next minute sees to it.
  if (!(await store.save(tenant, model, next))) return false;
  logger.info('next attempt', { rollout: id, attempt: next.attempt, ended: isFinishedRollout(record.status) });
  await machine.start({ ...input, attempt: next.attempt });
  return true;
};
