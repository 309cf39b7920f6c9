import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../local/paths.ts';
import { runCommand } from '../../local/run-command.ts';
import { automlFolder, peersPython, pythonFolder } from './environments.ts';
import { digestOf, type Peer } from './peers.ts';
import { pinned, threads, watchProcessors } from './processors.ts';
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
  /** Share of the processors' time that went to others meanwhile. */
  readonly crowding: number;
  /** Of ours: bytes of the ONNX file, and the largest difference of what it and the fitted model predict. */
  readonly onnxBytes?: number;
  readonly parity?: number;
  /** Of ours: what was chosen. */
  readonly algorithm?: string;
}

/** A run that takes longer than this many times its seconds, and a minute, has failed. */
const patience = 3;

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  OMP_NUM_THREADS: String(threads),
  OMP_WAIT_POLICY: 'PASSIVE',
  GOMP_SPINCOUNT: '0',
  PYTHONWARNINGS: 'ignore',
  ORT_DISABLE_TELEMETRY: '1',
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
  const crowdingSince = watchProcessors();
  const started = performance.now();
  const taken = () => ({ seconds: (performance.now() - started) / 1000, crowding: crowdingSince() });
  try {
    await runCommand(command, rest, { cwd: root, env: environment(), onLine, signal });
  } catch (error) {
    return { failure: lastWords(error, signal.aborted), ...taken() };
  }
  const spent = taken();
  try {
    const value = await score(table, join(folder, 'predictions.npy'));
    const more = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Partial<Run>;
    return { ...more, score: value, ...spent };
  } catch (error) {
    return { failure: lastWords(error, false), ...spent };
  }
};

const resultFile = (table: Table, peer: Peer, { seconds, seed }: Allowance): string =>
  join(automlFolder, 'results', table.name, `${peer.name}-${seconds}s-${seed}.json`);

/** What has to be as it was for a result to be used again. */
const keyOf = (table: Table, peer: Peer): string =>
  createHash('sha256').update(table.digest).update(digestOf(peer)).digest('hex');

/** Above it, others had so much of the time that was meant for a run that they may have decided its result. */
const mostCrowding = 0.1;

export const wasDisturbed = (peer: Peer, { crowding, failure }: Run): boolean =>
  crowding > mostCrowding && (peer.usesItsSeconds || failure !== undefined);

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
  const run = { table: table.name, peer: peer.name, ...outcome };
  const file = resultFile(table, peer, allowance);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify({ key, run }, null, 2));
  return run;
};
