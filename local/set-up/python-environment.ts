import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepTalking, type Log } from '../log.ts';
import { localFolder, python, root, virtualEnvironment } from '../paths.ts';
import { exclusively } from '../process-lock.ts';
import { runCommand } from '../run-command.ts';
import { findInterpreter, type Interpreter } from './python-interpreter.ts';

/** Installed together, so that pip finds one set of versions that suits all. */
const requirementFiles = [
  'local/python/requirements.txt',
  'training-container/requirements.txt',
  'training-container/requirements-dev.txt',
];

/** The one version of what the requirements bring along. */
const constraintFiles = ['local/python/constraints.txt', 'training-container/constraints.txt'];

/** What is installed only where somebody asks for it, by its name. */
const extraFiles = {
  /** PyTorch; for Linux the package index has gigabytes of it, with CUDA. */
  torch: 'training-container/requirements-torch.txt',
} as const;
export type Extra = keyof typeof extraFiles;
export const extras = Object.keys(extraFiles) as readonly Extra[];

/** What the environment was made from; written last, so an interrupted set-up has none. */
const stampFile = join(virtualEnvironment, 'relearn-set-up.json');
/** The same of an extra: it does not make the environment another one for those who need it not. */
const extraStampFile = (extra: Extra): string => join(virtualEnvironment, `relearn-set-up-${extra}.json`);

export type PythonOptions = {
  readonly log: Log;
  /** What is wanted besides. @default nothing; what is there already stays */
  readonly extras?: readonly Extra[];
};

/**
 * Makes the project's own Python environment in `.venv`, or does nothing where it is up to date.
 *
 * pip is started with the user's environment, so the package index, proxies and certificates are theirs.
 *
 * @throws {PythonMissingError} without a usable Python
 * @throws {CommandFailedError} where pip fails, with the last of what it said
 */
export async function preparePython({ log, extras: wanted = [] }: PythonOptions): Promise<void> {
  if (await isReady(wanted)) {
    return;
  }
  await exclusively(join(localFolder, 'python-environment.lock'), 'making the Python environment', log, async () => {
    if (!(await isReady([]))) {
      await make(log);
    }
    for (const extra of wanted) {
      if (!(await hasExtra(extra))) {
        await add(extra, log);
      }
    }
  });
}

async function isReady(wanted: readonly Extra[]): Promise<boolean> {
  if ((await stamp()) !== (await expectedStamp())) {
    return false;
  }
  const there = await Promise.all(wanted.map(hasExtra));
  return there.every(Boolean);
}

async function hasExtra(extra: Extra): Promise<boolean> {
  return (await read(extraStampFile(extra))) === (await makeExtraStamp(extra));
}

async function add(extra: Extra, log: Log): Promise<void> {
  const stampOfExtra = extraStampFile(extra);
  await rm(stampOfExtra, { force: true });
  const started = performance.now();
  // All together, so that the extra changes no version of the rest.
  await install([...requirementFiles, extraFiles[extra]], log);
  await writeFile(stampOfExtra, await makeExtraStamp(extra));
  log(`${extra} is ready after ${Math.round((performance.now() - started) / 1000)} s`);
}

/** Changes with the rest of the environment too: what is installed anew may have changed what the extra stands on. */
async function makeExtraStamp(extra: Extra): Promise<string> {
  return JSON.stringify({ environment: await stamp(), requirements: await digestOf([extraFiles[extra]]) });
}

async function make(log: Log): Promise<void> {
  const interpreter = await findInterpreter();
  const started = performance.now();
  if ((await stampedVersion()) !== interpreter.version || !existsSync(python)) {
    log(`making the Python environment in .venv with ${interpreter.command} ${interpreter.version}`);
    await rm(virtualEnvironment, { recursive: true, force: true });
    const making = runCommand(interpreter.command, ['-m', 'venv', virtualEnvironment], { cwd: root });
    await keepTalking(log, 'making .venv', making);
  }
  await rm(stampFile, { force: true });
  await install(requirementFiles, log);
  await writeFile(stampFile, await makeStamp(interpreter));
  log(`the Python environment is ready after ${Math.round((performance.now() - started) / 1000)} s`);
}

async function install(requirements: readonly string[], log: Log): Promise<void> {
  const files = requirements.filter((file) => existsSync(join(root, file)));
  log(`installing ${files.join(', ')} into .venv (once, about a minute)`);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off'];
  let at = 'looking for packages';
  const wanted = [
    ...constraintFiles.flatMap((file) => ['--constraint', file]),
    ...files.flatMap((file) => ['--requirement', file]),
  ];
  const installing = runCommand(python, [...pip, ...wanted], {
    cwd: root,
    onLine: (line) => {
      at = progressOfPip(line) ?? at;
    },
  });
  await keepTalking(log, () => at, installing);
}

/** What a line of pip's output says it is at; undefined for the many that say nothing new. */
function progressOfPip(line: string): string | undefined {
  if (line.startsWith('Installing collected packages')) {
    return 'installing Python packages';
  }
  const downloaded = /^ *Downloading ([\w.]+-[\w.]+?)(-|\.tar)/.exec(line)?.[1];
  return downloaded && `downloading ${downloaded}`;
}

const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
const stamp = (): Promise<string | undefined> => read(stampFile);

async function stampedVersion(): Promise<string | undefined> {
  const text = await stamp();
  return text === undefined ? undefined : (JSON.parse(text) as { python: string }).python;
}

/** The stamp that `.venv` has where it needs nothing: same requirements, whichever Python made it. */
async function expectedStamp(): Promise<string | undefined> {
  const version = await stampedVersion();
  return version === undefined ? '' : await makeStamp({ version });
}

async function makeStamp({ version }: Pick<Interpreter, 'version'>): Promise<string> {
  return JSON.stringify({ python: version, requirements: await digestOf([...requirementFiles, ...constraintFiles]) });
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(file).update((await read(join(root, file))) ?? '');
  }
  return hash.digest('hex');
}
