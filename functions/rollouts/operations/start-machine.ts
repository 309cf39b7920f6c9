import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { logger } from '../../platform/telemetry.ts';
import type { RolloutRecord } from '../domain/record.ts';
import type { RolloutMachine } from '../machine.ts';

/**
 * Starts the machine of a rollout that has begun. Where it cannot be started now, the rollout is begun all the same,
 * without traffic: the reconciliation of each minute starts the machine.
 */
export const startMachine = async (
  machine: RolloutMachine,
  { tenant, model, rollout: { id, status, attempt } }: { tenant: string; model: string; rollout: RolloutRecord },
): Promise<void> => {
  if (isFinishedRollout(status)) return;
  try {
    await machine.start({ tenant, model, rollout: id, attempt });
  } catch (error) {
    logger.error('machine not started', { rollout: id, error: error as Error });
  }
};
