import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Study } from './analysis.ts';
import type { DecisionsByName } from './simulate.ts';
import { type Summary, summarise } from './summary.ts';
import type { Task } from './worker.ts';

/** The figures of all studies: by the study's name, then by the figure's. */
export type Figures = Readonly<Record<string, Readonly<Record<string, Summary>>>>;

export interface PoolOptions {
  readonly seed: number;
  /** @default one for each processor that this process may use */
  readonly threads?: number;
  /** Called after each task. Studies take turns, so the share done is also the share of the time. */
  readonly onProgress?: (shareDone: number) => void;
}

/** Runs of one task: small enough that all threads end at about the same time. */
const TASK_RUNS = 100;

const tasksOf = (study: Study, seed: number): Task[] =>
  Array.from({ length: Math.ceil(study.runs / TASK_RUNS) }, (_, index) => ({
    study,
    seed,
    from: index * TASK_RUNS,
    to: Math.min((index + 1) * TASK_RUNS, study.runs),
  }));

/**
 * Simulates all studies on threads. The figures depend on the studies and the seed only.
 * @throws what a thread threw; the others are stopped
 */
export const simulateAll = async (studies: readonly Study[], options: PoolOptions): Promise<Figures> => {
  const { seed, threads = availableParallelism(), onProgress } = options;
  const shareOf = ({ study, from }: Task): number => from / study.runs;
  const tasks = studies.flatMap((study) => tasksOf(study, seed)).sort((one, other) => shareOf(one) - shareOf(other));
  const parts = new Map<string, DecisionsByName[]>(studies.map(({ name }) => [name, []]));
  let next = 0;
  let done = 0;
  const workers = Array.from(
    { length: Math.min(threads, tasks.length) },
    () => new Worker(new URL('./worker.ts', import.meta.url)),
  );
  const work = async (worker: Worker): Promise<void> => {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      worker.postMessage(task);
      const [decisions] = await once(worker, 'message');
      parts.get(task.study.name)?.push(decisions);
      done += 1;
      onProgress?.(done / tasks.length);
    }
  };
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return Object.fromEntries([...parts].map(([name, decisions]) => [name, summarise(decisions)]));
};
