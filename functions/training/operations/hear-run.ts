import { hasEnded, type RunState } from '../domain/run-state.ts';
import { followRun } from './follow-run.ts';
import type { RunDependencies } from './run-dependencies.ts';
import { settleRun } from './settle-run.ts';

/**
 * Hears what the training service says of a run: how far it is, and its end, which is settled.
 *
 * @returns whether it has ended, so that there may be room for another; not for a run that is nobody's
 */
export const hearRun = async (dependencies: RunDependencies, name: string, state: RunState): Promise<boolean> => {
  const owner = await dependencies.store.ownerOfRun(name);
  if (owner === undefined) return false;
  const ended = hasEnded(state);
  if (ended) await settleRun(dependencies, owner, name, state);
  else await followRun(dependencies, owner, name, state);
  return ended;
};
