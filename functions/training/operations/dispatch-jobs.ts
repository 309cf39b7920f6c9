import type { InstanceType } from '../../../contracts/instances.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import { limitOf } from '../../../contracts/training-limits.ts';
import { timestamp } from '../../platform/clock.ts';
import { logger } from '../../platform/telemetry.ts';
import { type Dispatch, decideDispatch, type WaitingJob } from '../domain/dispatch.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { candidatesOf } from '../domain/machines.ts';
import { dispatchJob, waitJob } from '../domain/run-changes.ts';
import type { JobKey } from '../store/training-store.ts';
import { type Given, giveRun } from './give-run.ts';
import type { RunDependencies } from './run-dependencies.ts';

/** A waiting job as it was read. */
interface Candidate extends WaitingJob {
  readonly key: JobKey;
  readonly record: JobRecord;
}

/** A job that is refused is decided on again, for its next type, and one that another dispatcher had in hand too. */
const rounds = 12;

/**
 * Starts the waiting jobs of all tenants whose turn it is, and says of the others why they wait. It may run anywhere, at
 * any time and twice at once: a job starts once, and no type has more runs than its limit. What fails for one job stops
 * no other, and is tried again the next time.
 *
 * @param submitted - jobs that the list of those under way may not hold yet
 */
export const dispatchJobs = async (dependencies: RunDependencies, submitted: readonly JobKey[] = []): Promise<void> => {
  const { capacity, limits, clock } = dependencies;
  for (let round = 1; round <= rounds; round += 1) {
    const waiting = await readWaiting(dependencies, submitted);
    if (waiting.length === 0) return;
    const leases = await capacity.leases();
    const decisions = decideDispatch({
      waiting,
      leases,
      limitOf: (type) => limitOf(limits, type),
      now: clock.now(),
    });
    if (await carryOutAll(dependencies, decisions)) return;
  }
};

const readWaiting = async ({ store }: RunDependencies, submitted: readonly JobKey[]): Promise<Candidate[]> => {
  const keys = new Map(submitted.map((key) => [key.job, key]));
  for await (const key of store.running()) keys.set(key.job, key);
  const found = await Promise.all([...keys.values()].map(async (key) => ({ key, record: await store.job(key) })));
  return found.flatMap(({ key, record }) => {
    if (record === undefined || !isWaiting(record)) return [];
    const { createdAt, refusals } = record;
    return [{ ...key, key, record, createdAt, refusals, candidates: candidatesOf(record) }];
  });
};

const isWaiting = ({ status, taskToken, snapshot, run }: JobRecord): boolean =>
  status === JobStatus.Queued && taskToken !== undefined && snapshot !== undefined && run === undefined;

/** After which a job need not be decided on again. */
const settled: readonly (Given | undefined)[] = ['begun', 'unanswered', 'faulty'];

/** @returns whether all that was to start did; what was refused or lost to another dispatcher is decided on again */
const carryOutAll = async (
  dependencies: RunDependencies,
  decisions: readonly Dispatch<Candidate>[],
): Promise<boolean> => {
  let done = true;
  for (const decision of decisions) {
    const { key } = decision.job;
    try {
      if (decision.kind === 'wait') await tellWaiting(dependencies, decision);
      else if (!settled.includes(await start(dependencies, decision.job, decision.instanceType))) done = false;
    } catch (error) {
      logger.error('dispatch failed', { error: error as Error, ...key });
    }
  }
  return done;
};

/** @returns undefined where another has started it, or taken the last place */
const start = async (
  dependencies: RunDependencies,
  { key, record }: Candidate,
  instanceType: InstanceType,
): Promise<Given | undefined> => {
  const { store, capacity, limits, clock } = dependencies;
  const at = timestamp(clock);
  const change = dispatchJob(record, instanceType, at);
  const run = change.job.run?.name ?? '';
  const { spot } = record;
  const { revision } = change.job;
  const lease = { ...key, instanceType, run, spot, revision, since: at };
  if (!(await capacity.acquire(lease, limitOf(limits, instanceType)))) return undefined;
  if (!(await store.commit(key.tenant, key.model, change))) {
    const present = (await store.job(key))?.run;
    const isTheirs = present?.name === run && present.instanceType === instanceType;
    if (!isTheirs) await capacity.release(instanceType, run, revision);
    return undefined;
  }
  return giveRun(dependencies, key, change.job);
};

const tellWaiting = async (
  { store, clock }: RunDependencies,
  { job: { key, record }, reason, detail, nextAttemptAt }: Extract<Dispatch<Candidate>, { kind: 'wait' }>,
): Promise<void> => {
  const { waiting } = record;
  if (waiting?.detail === detail && waiting.nextAttemptAt === nextAttemptAt) return;
  // Where another came between, the job waits for something else, or no more.
  await store.commit(key.tenant, key.model, waitJob(record, { reason, detail, nextAttemptAt }, timestamp(clock)));
};
