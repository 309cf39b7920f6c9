import { type ChildProcess, execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Signals a child that was started with `detached: true`, and every process that it started.
 *
 * Does nothing where none of them is left.
 */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  // Without an id it never started; and group 0 would be our own.
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // EPERM: on macOS, a group of which only zombies are left.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
  }
}

/** Bytes of memory that a child that was started with `detached: true`, and every process of its group, have in use. */
export async function memoryOfGroup(child: ChildProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pgid=,rss=']);
  const kilobytes = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([group]) => group === child.pid)
    .reduce((sum, [, resident = 0]) => sum + resident, 0);
  return kilobytes * 1024;
}
