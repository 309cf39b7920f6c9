import { JobStatus } from '../../../contracts/statuses.ts';
import { notFound } from '../../platform/errors.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { Printed } from '../domain/present-job.ts';
import { readPrinted } from '../domain/printed-lines.ts';
import { RunStatus } from '../domain/run-state.ts';
import { runName } from '../domain/training-run.ts';
import type { ProgramLog } from '../services/program-log.ts';
import type { JobKey } from '../store/training-store.ts';
import { type FollowDependencies, followRun } from './follow-run.ts';

interface ReadDependencies extends FollowDependencies {
  readonly readLog: ProgramLog;
}

interface SeenJob {
  readonly job: JobRecord;
  /** By its newest run; absent where it has had none. */
  readonly printed?: Printed;
}

/**
 * Reads a job and what its program has printed. A program that prints is at work, also where the event of that is late.
 *
 * @throws Problem `not-found`
 */
export const readJob = async (dependencies: ReadDependencies, key: JobKey): Promise<SeenJob> => {
  const job = await dependencies.store.job(key);
  if (job === undefined) throw notFound(`a training job ${key.job} of ${key.model}`);
  if (job.runs === 0) return { job };
  const run = runName(job.id, job.runs);
  const lines = await dependencies.readLog(run);
  const printed = readPrinted(lines);
  const [first] = lines;
  if (first === undefined || job.status !== JobStatus.Queued) return { job, printed };
  const begun = await followRun(dependencies, key, run, { status: RunStatus.InProgress, startedAt: first.at });
  return { job: begun ?? job, printed };
};
