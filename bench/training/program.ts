import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { packageCommands, python, root } from '../../local/paths.ts';
import { signalGroup } from '../../local/process-group.ts';
import { runCommand } from '../../local/run-command.ts';

/** A made-up table that trainings read. */
export interface Table {
  readonly folder: string;
  readonly cases: number;
  readonly columns: number;
}

/** How one training went. */
export interface Training {
  readonly seconds: number;
  /** Largest memory that the program and its children had in use at a time. */
  readonly peakBytes: number;
}

const maker = join(import.meta.dirname, 'children', 'make_table.py');
const program = join(root, 'training-container', 'programs', 'train.py');
/** What a training machine of the smallest type has: two cores, always the same. */
const twoCores = ['taskset', '--cpu-list', '0,1'] as const;
const lookMilliseconds = 50;

/** Makes a table of so many cases to train on, and a tenth as many held out. */
export const makeTable = async (parent: string, cases: number, columns: number): Promise<Table> => {
  const folder = await mkdtemp(join(parent, 'table-'));
  await runCommand(python, [maker, folder, String(cases), String(cases / 10), String(columns)], { cwd: root });
  return { folder, cases, columns };
};

/**
 * Trains on a table, in a tree of its own, on two cores.
 *
 * @param parameters - of the recipe `tabular`
 * @throws Error with the last that the program said, where it fails
 */
export const trainOn = async (table: Table, parameters: object): Promise<Training> => {
  const tree = await mkdtemp(join(table.folder, 'tree-'));
  mkdirSync(join(tree, 'input/config'), { recursive: true });
  symlinkSync(join(table.folder, 'data'), join(tree, 'input/data'));
  const hyperparameters = {
    task: 'tabular-classification',
    recipe: 'tabular',
    metric: 'roc-auc',
    seed: '1',
    codeVersion: '0.0.0',
    parameters: JSON.stringify(parameters),
  };
  writeFileSync(join(tree, 'input/config/hyperparameters.json'), JSON.stringify(hyperparameters));
  const [command, ...pinned] = twoCores;
  const started = performance.now();
  const child = spawn(command, [...pinned, python, program, 'train', '--root', tree], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: `${packageCommands}:/usr/bin:/bin`, HOME: tree, TMPDIR: tree, ORT_DISABLE_TELEMETRY: '1' },
  });
  const stop = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', stop);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-1000);
  });
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, memoryOf(child.pid ?? 0));
  }, lookMilliseconds);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(watch);
  process.off('exit', stop);
  if (status !== 0) throw new Error(`Expected the training to end with 0, it ended with ${status}: …${said}`);
  return { seconds: (performance.now() - started) / 1000, peakBytes };
};

/**
 * Bytes that the processes of a group have in use together, or that one of them had at most: that is kept by the system
 * and misses no peak between two looks.
 */
const memoryOf = (group: number): number => {
  let together = 0;
  let most = 0;
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // After the name, which may hold anything: state, parent, group.
      const [, , of] = readFileSync(`/proc/${id}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (Number(of) !== group) continue;
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      together += kilobytes(status, 'VmRSS');
      most = Math.max(most, kilobytes(status, 'VmHWM'));
    } catch {
      // It ended while it was looked at.
    }
  }
  return Math.max(together, most) * 1024;
};

const kilobytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
