import { hasEnded, type RunState } from '../domain/run-state.ts';
import type { RunDependencies } from './run-dependencies.ts';
import { settleRun } from './settle-run.ts';

/**
 * Hears what the training service says of a run, and settles its end.
 *
 * @returns whether it has ended, so that there may be room for another; not for a run that is nobody's
 */
export const hearRun = async (dependencies: RunDependencies, name: string, state: RunState): Promise<boolean> => {
  const owner = await dependencies.store.ownerOfRun(name);
  if (owner === undefined || !hasEnded(state)) return false;
  await settleRun(dependencies, owner, name, state);
  return true;
};
