/** Shares the sequences among worker threads. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Built } from './build.ts';
import type { Report, Trial } from './check.ts';

export interface Share {
  readonly sequences: number;
  readonly workers: number;
  /** Of the first worker; those of the others are far from it. */
  readonly seed: number;
  readonly progress?: (sequences: number) => void;
}

type Message = { readonly sequences: number } | { readonly report: Report };

/** 2^32 by the golden ratio: workers of seeds that lie near each other try other sequences. */
const stride = 0x9e3779b9;
const seedOf = (seed: number, index: number): number => (seed + Math.imul(index, stride)) | 0;

const startWorker = (file: string, { progress: _, ...workerData }: Trial): Worker =>
  new Worker(file, { workerData, env: { AWS_REGION: 'us-east-1', CODE_VERSION: 'test' } });

const reportOf = (worker: Worker, { progress }: Trial): Promise<Report> =>
  new Promise((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if ('sequences' in message) progress?.(message.sequences);
      else resolve(message.report);
    });
    worker.on('error', reject);
    worker.on('exit', (status) => reject(new Error(`A worker ended with ${status} before it could report.`)));
  });

/** @throws Error where one of them fails; all are ended by then */
const runWorkers = async (file: string, trials: readonly Trial[]): Promise<Report[]> => {
  const started = trials.map((trial) => ({ worker: startWorker(file, trial), trial }));
  try {
    return await Promise.all(started.map(({ worker, trial }) => reportOf(worker, trial)));
  } finally {
    await Promise.all(started.map(({ worker }) => worker.terminate()));
  }
};

const together = (reports: readonly Report[]): Report => {
  const counts: Record<string, number> = {};
  for (const report of reports) {
    for (const [what, count] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + count;
  }
  const { counterexample } = reports.find((report) => report.counterexample !== undefined) ?? {};
  return {
    sequences: reports.reduce((sum, report) => sum + report.sequences, 0),
    counts,
    ...(counterexample === undefined ? {} : { counterexample }),
  };
};

export const runCheck = async ({ code, definition }: Built, share: Share): Promise<Report> => {
  const { sequences, workers, seed, progress } = share;
  const folder = await mkdtemp(join(tmpdir(), 'relearn-protocol-'));
  const file = join(folder, 'worker.mjs');
  try {
    await writeFile(file, code);
    const done = new Array<number>(workers).fill(0);
    const trials = done.map((_, index) => ({
      definition,
      sequences: Math.ceil(sequences / workers),
      seed: seedOf(seed, index),
      progress: (count: number) => {
        done[index] = count;
        progress?.(done.reduce((sum, one) => sum + one, 0));
      },
    }));
    return together(await runWorkers(file, trials));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
