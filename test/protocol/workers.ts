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
  /** Of the first worker; the others take those that follow. */
  readonly seed: number;
  readonly progress?: (sequences: number) => void;
}

type Message = { readonly sequences: number } | { readonly report: Report };

const runWorker = (file: string, trial: Trial): Promise<Report> =>
  new Promise((resolve, reject) => {
    const { progress, ...workerData } = trial;
    const worker = new Worker(file, { workerData, env: { AWS_REGION: 'us-east-1', CODE_VERSION: 'test' } });
    worker.on('message', (message: Message) => {
      if ('sequences' in message) progress?.(message.sequences);
      else resolve(message.report);
    });
    worker.on('error', reject);
    worker.on('exit', (status) => reject(new Error(`A worker ended with ${status} before it could report.`)));
  });

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
    const reports = Array.from({ length: workers }, (_, index) =>
      runWorker(file, {
        definition,
        sequences: Math.ceil(sequences / workers),
        seed: seed + index,
        progress: (count) => {
          done[index] = count;
          progress?.(done.reduce((sum, one) => sum + one, 0));
        },
      }),
    );
    return together(await Promise.all(reports));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
