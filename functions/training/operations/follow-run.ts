import { timestamp } from '../../platform/clock.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { followRun as change } from '../domain/run-changes.ts';
import type { RunState } from '../domain/run-state.ts';
import type { JobKey } from '../store/training-store.ts';
import { changeRun } from './change-run.ts';
import type { RunDependencies } from './run-dependencies.ts';

export type FollowDependencies = Pick<RunDependencies, 'clock'> & {
  readonly store: Pick<RunDependencies['store'], 'job' | 'commit'>;
};

/**
 * Lets a job know how far the training service is with its run, in whatever order that is heard of.
 *
 * @returns the job as it is then; undefined where it has another run, or none
 */
export const followRun = (
  { store, clock }: FollowDependencies,
  key: JobKey,
  run: string,
  state: RunState,
): Promise<JobRecord | undefined> => changeRun(store, key, run, (present) => change(present, state, timestamp(clock)));
