import type { Environment } from '../../../contracts/environment.ts';

/** What the challengers' thread is given at its start: it reads no environment of its own. */
export interface ThreadData {
  readonly isForChallengers: true;
  readonly config: Environment<'inference/predict'>;
  readonly words: Int32Array<SharedArrayBuffer>;
}

/**
 * Tells the challengers' thread from every other. Not by `isMainThread`: a runtime may run handlers in threads.
 *
 * @param workerData - of this thread
 * @returns undefined where predictions are served
 */
export const readThreadData = (workerData: unknown): ThreadData | undefined => {
  const data = workerData as Partial<ThreadData> | null;
  return data?.isForChallengers === true ? (data as ThreadData) : undefined;
};
