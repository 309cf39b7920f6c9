import type { Lease } from '../domain/capacity.ts';
import { decideLease, type LeaseRecovery } from '../domain/recovery.ts';
import type { RunDependencies } from './run-dependencies.ts';
import { settleRun } from './settle-run.ts';

/**
 * Gives back the place of a run whose end nobody heard of, and stops a run that nobody wants any more.
 *
 * @returns what was done
 */
export const reconcileLease = async (dependencies: RunDependencies, lease: Lease): Promise<LeaseRecovery> => {
  const { store, capacity, service, clock } = dependencies;
  const { instanceType, run, revision } = lease;
  const [job, state] = await Promise.all([store.job(lease), service.describe(run)]);
  const recovery = decideLease(lease, job, state, clock.now());
  if (recovery === 'settle' && state !== undefined) await settleRun(dependencies, lease, run, state);
  if (recovery === 'release') await capacity.release(instanceType, run, revision);
  if (recovery === 'stop') await service.stop(run);
  return recovery;
};
