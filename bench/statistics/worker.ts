/** Simulates what it is given, one task after the other, on a thread of its own. */
import { parentPort } from 'node:worker_threads';
import type { Study } from './analysis.ts';
import { simulate } from './simulate.ts';

export interface Task {
  readonly study: Study;
  readonly seed: number;
  readonly from: number;
  /** The run after the last one. */
  readonly to: number;
}

parentPort?.on('message', ({ study, seed, from, to }: Task) => {
  parentPort?.postMessage(simulate(study, seed, from, to));
});
