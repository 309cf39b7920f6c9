import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

export const threads = 2;
const last = availableParallelism();
const cores = Array.from({ length: Math.min(threads, last) }, (_, index) => last - 1 - index);

const taskset = '/usr/bin/taskset';

/** The command on the last processors, the same for all, where that can be had. */
export const pinned = (command: string, parameters: readonly string[]): [string, string[]] =>
  existsSync(taskset) ? [taskset, ['-c', cores.join(','), command, ...parameters]] : [command, [...parameters]];

/** Ticks that something ran on the processors, and those of them that ended children of this process had. */
interface Ticks {
  readonly busy: number;
  readonly own: number;
}

const numbersOf = (text: string): number[] => text.trim().split(/\s+/).map(Number);

/** Whether Linux counts here. */
const canCount = existsSync(taskset) && existsSync('/proc/stat');

const count = (): Ticks => {
  if (!canCount) return { busy: 0, own: 0 };
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  const busy = cores.map((core) => {
    const line = lines.find((one) => one.startsWith(`cpu${core} `)) ?? '';
    // user nice system idle iowait irq softirq steal; guest times are in user and nice.
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = numbersOf(line.replace(/^\S+/, ''));
    return user + nice + system + irq + softirq + steal;
  });
  // After the command's name, which may hold anything but ends with the last parenthesis.
  const [, status = ''] = /.*\)(.*)/s.exec(readFileSync('/proc/self/stat', 'utf8')) ?? [];
  const [childUser = 0, childSystem = 0] = numbersOf(status).slice(13, 15);
  return { busy: busy.reduce((sum, ticks) => sum + ticks, 0), own: childUser + childSystem };
};

/** As Linux has them, whatever the kernel's own. */
const ticksPerSecond = 100;

/**
 * Watches the processors while a child runs on them.
 *
 * @returns a function that, once the child has ended, gives the share of the processors' time that went to others; 0
 *   where nobody counts it
 */
export const watchProcessors = (): (() => number) => {
  const before = count();
  const started = performance.now();
  return () => {
    const after = count();
    const others = after.busy - before.busy - (after.own - before.own);
    const all = ((performance.now() - started) / 1000) * ticksPerSecond * cores.length;
    return Math.max(0, others / all);
  };
};
