import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../local/paths.ts';
import { runCommand } from '../../local/run-command.ts';
import { automlFolder, peersPython, pythonFolder } from './environments.ts';
import { digestOf, type Peer } from './peers.ts';
import { type Table, tableFolder } from './tables.ts';

/** The same for all. */
export interface Allowance {
  /** To learn a table. */
  readonly seconds: number;
  readonly seed: number;
}

/** What one peer made of one table. */
export interface Run {
  readonly table: string;
  readonly peer: string;
  /** By the table's metric; absent where it failed. */
  readonly score?: number;
  /** Why it failed, in its own last words. */
  readonly failure?: string;
  /** From the start of its process to the end: reading, learning, predicting. */
  readonly seconds: number;
  /** Processes that wanted a processor at the end, of the whole machine. */
  readonly load: number;
  /** Of ours: bytes of the ONNX file, and the largest difference of what it and the fitted model predict. */
  readonly onnxBytes?: number;
  readonly parity?: number;
  /** Of ours: what was chosen. */
  readonly algorithm?: string;
}

export const threads = 2;
/** A run that takes longer than this many times its seconds, and a minute, has failed. */
const patience = 3;

const taskset = '/usr/bin/taskset';
const lastCores = `${Math.max(0, availableParallelism() - threads)}-${availableParallelism() - 1}`;

/** The same two processors for all, where that can be had. */
const pinned = (command: string, parameters: readonly string[]): [string, string[]] =>
  existsSync(taskset) ? [taskset, ['-c', lastCores, command, ...parameters]] : [command, [...parameters]];

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  OMP_NUM_THREADS: String(threads),
  OMP_WAIT_POLICY: 'PASSIVE',
  GOMP_SPINCOUNT: '0',
  PYTHONWARNINGS: 'ignore',
});

const score = async (table: Table, predictions: string): Promise<number> => {
  const parameters = [join(pythonFolder, 'score.py'), tableFolder(table.name), predictions];
  const { stdout } = await promisify(execFile)(peersPython, parameters, { cwd: root });
  return Number(stdout);
};

/** What there is to say of a failure: the last line, which of a Python program is its error. */
const lastWords = (error: unknown, timedOut: boolean): string => {
  if (timedOut) return 'took too long';
  const lines = String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n');
  return (lines.at(-1) ?? '').slice(0, 300);
};

const learn = async (table: Table, peer: Peer, { seconds, seed }: Allowance, onLine: (line: string) => void) => {
  const folder = join(automlFolder, 'runs', table.name, `${peer.name}-${seconds}s-${seed}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const parameters = [...peer.command, tableFolder(table.name), ...[seconds, threads, seed].map(String), folder];
  const [command, rest] = pinned(peer.python, parameters);
  const signal = AbortSignal.timeout((seconds * patience + 60) * 1000);
  const started = performance.now();
  const taken = (): number => (performance.now() - started) / 1000;
  try {
    await runCommand(command, rest, { cwd: root, env: environment(), onLine, signal });
    const ended = taken();
    const value = await score(table, join(folder, 'predictions.npy'));
    const more = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Partial<Run>;
    return { ...more, score: value, seconds: ended };
  } catch (error) {
    return { failure: lastWords(error, signal.aborted), seconds: taken() };
  }
};

const resultFile = (table: Table, peer: Peer, { seconds, seed }: Allowance): string =>
  join(automlFolder, 'results', table.name, `${peer.name}-${seconds}s-${seed}.json`);

/** What has to be as it was for a result to be used again. */
const keyOf = (table: Table, peer: Peer): string =>
  createHash('sha256').update(table.digest).update(digestOf(peer)).digest('hex');

/** Processes of the whole machine that wanted a processor, above which nobody had the time that was meant for them. */
const mostLoad = 1.5 * availableParallelism();

/** Whether something else on the machine may have decided a result. */
export const wasDisturbed = (peer: Peer, { load, failure }: Run): boolean =>
  load > mostLoad && (peer.usesItsSeconds || failure !== undefined);

/** @returns the result of the same run before, where there is one and nothing disturbed it */
export const recall = (table: Table, peer: Peer, allowance: Allowance): Run | undefined => {
  const file = resultFile(table, peer, allowance);
  if (!existsSync(file)) return undefined;
  const { key, run } = JSON.parse(readFileSync(file, 'utf8')) as { key: string; run: Run };
  return key === keyOf(table, peer) && !wasDisturbed(peer, run) ? run : undefined;
};

/** Lets a peer learn a table in a process of its own, and keeps the result. */
export const runPeer = async (
  table: Table,
  peer: Peer,
  allowance: Allowance,
  onLine: (line: string) => void,
): Promise<Run> => {
  // Of the code as it is now: somebody may change it meanwhile.
  const key = keyOf(table, peer);
  const outcome = await learn(table, peer, allowance, onLine);
  const [load = 0] = loadavg();
  const run = { table: table.name, peer: peer.name, load, ...outcome };
  const file = resultFile(table, peer, allowance);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify({ key, run }, null, 2));
  return run;
};
