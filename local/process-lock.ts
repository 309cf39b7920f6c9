import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keepTalking, type Log } from './log.ts';

const lookAgainMilliseconds = 100;
/** Two processes that find the same dead owner both take over within this time, and the later one has it. */
const takeOverMilliseconds = 300;

/**
 * Runs `work` while no other process runs work under the same lock file, waiting for it where one does.
 *
 * The file names the process that has the lock; a lock whose process is gone is taken over.
 */
export async function exclusively<Result>(
  lockFile: string,
  doing: string,
  log: Log,
  work: () => Promise<Result>,
): Promise<Result> {
  await keepTalking(log, `waiting for another process that is ${doing}`, acquire(lockFile));
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function acquire(lockFile: string): Promise<void> {
  await mkdir(dirname(lockFile), { recursive: true });
  const claim = `${process.pid} ${randomUUID()}`;
  while (true) {
    // A lock must never be seen empty: it is written under another name and linked or renamed into place.
    const written = `${lockFile}.${randomUUID()}`;
    await writeFile(written, claim);
    try {
      if (await linked(written, lockFile)) {
        return;
      }
      if (!(await ownerIsAlive(lockFile))) {
        await rename(written, lockFile);
        await delay(takeOverMilliseconds);
        if ((await contents(lockFile)) === claim) {
          return;
        }
      }
    } finally {
      await rm(written, { force: true });
    }
    await delay(lookAgainMilliseconds);
  }
}

async function linked(written: string, lockFile: string): Promise<boolean> {
  try {
    await link(written, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function contents(lockFile: string): Promise<string> {
  return await readFile(lockFile, 'utf8').catch(() => '');
}

async function ownerIsAlive(lockFile: string): Promise<boolean> {
  const owner = Number((await contents(lockFile)).split(' ')[0]);
  return owner > 0 && isAlive(owner);
}

/** Whether a process with this id exists. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
