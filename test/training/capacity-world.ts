import type { CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import type { InstanceType } from '../../contracts/instances.ts';
import { Task } from '../../contracts/model.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type RunState, RunStatus } from '../../functions/training/domain/run-state.ts';
import { dispatchJobs } from '../../functions/training/operations/dispatch-jobs.ts';
import { hearRun } from '../../functions/training/operations/hear-run.ts';
import { reconcileJob } from '../../functions/training/operations/reconcile-job.ts';
import { reconcileLease } from '../../functions/training/operations/reconcile-lease.ts';
import type { RunDependencies } from '../../functions/training/operations/run-dependencies.ts';
import {
  CapacityError,
  type TrainingService,
  UnansweredError,
} from '../../functions/training/services/training-service.ts';
import { openBudget } from '../../functions/training/store/budget.ts';
import { openCapacity } from '../../functions/training/store/capacity.ts';
import { type JobKey, openTrainingStore } from '../../functions/training/store/training-store.ts';
import { type Command, MemoryTable } from '../protocol/dynamodb/memory-table.ts';
import { record } from './records.ts';

/** What may happen to a process: after so many calls it is gone. */
export type Calls = number;
type Send = (command: Command) => Promise<unknown>;
/** Lets other processes come before a call. */
export type Schedule = (call: () => Promise<unknown>) => Promise<unknown>;

interface HeldRun {
  readonly instanceType: InstanceType;
  readonly job: string;
  state: RunState;
}

const minute = 60_000;
const types = ['ml.m5.large', 'ml.m5.xlarge'] as const;
export const limit = 2;
const snapshot = { dataset: `ds_${'a'.repeat(64)}`, cut: 1, manifestKey: 'manifest', segmentListKey: 'list' };

/**
 * Jobs of two tenants, the real operations and stores on a table in memory, and a training service that keeps what it
 * was asked for. It tells when more runs are under way than may, or two of one job.
 */
export const openCapacityWorld = (schedule: Schedule) => {
  const items = new MemoryTable();
  const runs = new Map<string, HeldRun>();
  const violations: string[] = [];
  const told = new Set<string>();
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  let faults = 0;
  const clock = { now: () => now };
  const alive = () => [...runs.values()].filter(({ state }) => state.status === RunStatus.InProgress);

  const watch = (job: string): void => {
    for (const type of types) {
      const used = alive().filter((run) => run.instanceType === type).length;
      if (used > limit) violations.push(`${used} runs on ${type}`);
    }
    if (alive().filter((run) => run.job === job).length > 1) violations.push(`two runs of ${job}`);
  };
  /** Every other fault is one of the answer alone. */
  const start = async ({ TrainingJobName: name = '', ResourceConfig, Tags = [] }: CreateTrainingJobRequest) => {
    if (runs.has(name)) return;
    faults -= 1;
    if (faults >= 0 && faults % 2 === 0) throw new CapacityError('no machine');
    const instanceType = ResourceConfig?.InstanceType as InstanceType;
    const job = Tags.find(({ Key }) => Key === 'relearn:job')?.Value ?? '';
    // Every other one waits for its machine there.
    const begun = runs.size % 2 === 0 ? { startedAt: now } : {};
    runs.set(name, { instanceType, job, state: { status: RunStatus.InProgress, ...begun } });
    watch(job);
    if (faults >= 0) throw new UnansweredError('the answer was lost');
  };
  const end = (name: string, state: Partial<RunState> & Pick<RunState, 'status'>): void => {
    const run = runs.get(name);
    if (run?.state.status === RunStatus.InProgress) run.state = { startedAt: now, endedAt: now + 1000, ...state };
  };
  const service: TrainingService = {
    start,
    describe: async (name) => runs.get(name)?.state,
    stop: async (name) => end(name, { status: RunStatus.Stopped, secondaryStatus: 'Stopped' }),
  };

  /** A process that is gone after so many calls: none comes back from then on. */
  const open = (calls: Calls): RunDependencies => {
    let left = calls;
    const through = async (call: () => Promise<unknown>): Promise<never> => {
      left -= 1;
      if (left < 0) return new Promise<never>(() => undefined);
      return (await schedule(call)) as never;
    };
    const send: Send = (command) => through(async () => items.execute(command));
    const table = { client: { send }, table: 'relearn' } as unknown as Table;
    const tokens = {
      succeed: (token: string) => through(async () => told.size < told.add(token).size),
      fail: (token: string) => through(async () => told.size < told.add(token).size),
    };
    return {
      store: openTrainingStore(table, clock),
      capacity: openCapacity(table),
      budget: openBudget(table, clock),
      models: { get: async (_, name) => ({ name, task: Task.TabularClassification, slices: [] }) as never },
      warmStart: async () => undefined,
      service: {
        start: (request) => through(() => service.start(request)),
        describe: (name) => through(() => service.describe(name)),
        stop: (name) => through(() => service.stop(name)),
      },
      tokens,
      place: { bucket: 'b', image: 'i', gpuImage: 'g', roleArn: 'r', keyArn: 'k', codeVersion: 'c' },
      limits: { default: 0, ...Object.fromEntries(types.map((type) => [type, limit])) },
      clock,
      random: () => 0.5,
    };
  };

  const whole = (): RunDependencies => open(Number.POSITIVE_INFINITY);
  /** Every machine waits for its training. */
  const machine = {
    start: async () => undefined,
    stop: async () => undefined,
    stateOf: async () => 'running' as const,
  };
  const counts = { head: async () => ({ accepted: 0 }), trained: async () => 0, markTrained: async () => undefined };
  const reconcile = async (dependencies: RunDependencies): Promise<void> => {
    for await (const key of dependencies.store.running()) {
      await reconcileJob({ ...dependencies, counts: counts as never, machine }, key);
    }
    for (const lease of await dependencies.capacity.leases()) await reconcileLease(dependencies, lease);
    await dispatchJobs(dependencies);
  };

  return {
    runs,
    violations,
    told,
    end,
    alive,
    open,
    whole,
    reconcile,
    hear: async (dependencies: RunDependencies, name: string) => {
      const state = runs.get(name)?.state;
      if (state !== undefined && (await hearRun(dependencies, name, state))) await dispatchJobs(dependencies);
    },
    /** Lets so many starts go wrong. */
    disturb: (times: number) => {
      faults = times;
    },
    later: (minutes = 2) => {
      now += minutes * minute;
    },
    /** Puts a job among those that wait. */
    add: async (tenant: string, number: number): Promise<JobKey> => {
      const id = `job_01ARZ3NDEKTSV4RRFFQ69G5${String(number).padStart(3, '0')}`;
      const key = { tenant, model: `clinic-${number}`, job: id };
      const job = record({ id, taskToken: id, snapshot, instanceTypes: [...types], maximumRetries: 5 });
      await whole().store.commit(tenant, key.model, { job, audit: [] });
      return key;
    },
  };
};
