import type { RunState } from '../domain/run-outcome.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { TrainingStore } from '../store/training-store.ts';
import { deliverOutcome } from './deliver-outcome.ts';

interface Dependencies {
  readonly store: Pick<TrainingStore, 'job' | 'ownerOfRun'>;
  readonly tokens: TaskTokens;
}

/**
 * Hears what the training service says of a run, and tells the machine of its job.
 *
 * @returns whether a machine waited for it; not for a run that is nobody's, or no longer its job's
 */
export const hearRun = async ({ store, tokens }: Dependencies, name: string, state: RunState): Promise<boolean> => {
  const key = await store.ownerOfRun(name);
  const job = key === undefined ? undefined : await store.job(key);
  if (key === undefined || job?.run?.name !== name) return false;
  return deliverOutcome(tokens, key, job, state);
};
