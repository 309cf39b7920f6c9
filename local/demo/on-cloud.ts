import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cloud, startCloud } from '../cloud.ts';
import { StateInUseError } from '../errors.ts';
import { isAlive } from '../process-lock.ts';
import { startTimeline, type Timeline } from './timeline.ts';

/** What to say where the cloud ends before the demo does. */
class CloudEndedError extends Error {
  override readonly name = 'CloudEndedError';
}

/** What works on the folder that the demo would empty. */
class DemoRunningError extends Error {
  override readonly name = 'DemoRunningError';

  constructor(processId: number) {
    super(`Another demo (process ${processId}) is running: wait for its end, or stop it.`);
  }
}

/** @throws DemoRunningError where the emulator that has noted itself in the folder's lock is alive */
const requireNoOther = async (stateFolder: string): Promise<void> => {
  const owner = Number(await readFile(join(stateFolder, 'emulator', 'lock'), 'utf8').catch(() => ''));
  if (owner > 0 && isAlive(owner)) throw new DemoRunningError(owner);
};

/** Milliseconds within which a failed call is taken for a sign that the cloud has ended. */
const graceMilliseconds = 1500;

/**
 * Works until it is done, or until the cloud ends or the person has enough.
 *
 * @throws CloudEndedError rather than the connection error that follows from it
 */
export const whileUp = async (cloud: Cloud, signal: AbortSignal, work: Promise<unknown>): Promise<void> => {
  const ended = cloud.ended.then((why) => {
    throw new CloudEndedError(
      `the embedded cloud broke down (${why}). Run the demo again: it begins with an empty cloud.`,
    );
  });
  const asked = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    await Promise.race([work, ended, asked]);
  } catch (error) {
    if (error instanceof CloudEndedError || signal.aborted) throw error;
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, graceMilliseconds))]);
    throw error;
  } finally {
    // Whichever promise loses the race may still be rejected, by the stop that follows.
    for (const loser of [work, ended, asked]) loser.catch(() => undefined);
  }
};

/**
 * Runs something on an embedded cloud of its own, which begins empty and ends with it.
 *
 * @param stateFolder - emptied first; what the cloud kept is still there afterwards
 * @throws DemoRunningError where another one has the folder, which is left as it is
 */
export const onCloud = async <Result>(
  stateFolder: string,
  signal: AbortSignal,
  work: (cloud: Cloud, timeline: Timeline) => Promise<Result>,
): Promise<Result> => {
  await requireNoOther(stateFolder);
  await rm(stateFolder, { recursive: true, force: true });
  await mkdir(stateFolder, { recursive: true });
  const cloud = await startCloud({ stateFolder, log: console.log, signal }).catch((error: Error) => {
    throw error instanceof StateInUseError ? new DemoRunningError(error.processId) : error;
  });
  const timeline = startTimeline(console.log, stateFolder);
  try {
    return await work(cloud, timeline);
  } finally {
    timeline.close();
    await cloud.stop();
  }
};
