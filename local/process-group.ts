import type { ChildProcess } from 'node:child_process';

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
