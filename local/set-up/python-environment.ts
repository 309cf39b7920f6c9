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

/** What the environment was made from; written last, so an interrupted set-up has none. */
const stampFile = join(virtualEnvironment, 'relearn-set-up.json');

/**
 * Makes the project's own Python environment in `.venv`, or does nothing where it is up to date.
 *
 * pip is started with the user's environment, so the package index, proxies and certificates are theirs.
 *
 * @throws {PythonMissingError} without a usable Python
 * @throws {CommandFailedError} where pip fails, with the last of what it said
 */
export async function preparePython({ log }: { readonly log: Log }): Promise<void> {
  if ((await stamp()) === (await expectedStamp())) {
    return;
  }
  await exclusively(join(localFolder, 'python-environment.lock'), 'making the Python environment', log, async () => {
    if ((await stamp()) !== (await expectedStamp())) {
      await make(log);
    }
  });
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
  const files = requirementFiles.filter((file) => existsSync(join(root, file)));
  log(`installing ${files.join(', ')} into .venv (once, about a minute)`);
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off'];
  const requirements = files.flatMap((file) => ['--requirement', file]);
  let at = 'looking for packages';
  const installing = runCommand(python, [...install, ...requirements], {
    cwd: root,
    onLine: (line) => {
      at = progressOfPip(line) ?? at;
    },
  });
  await keepTalking(log, () => at, installing);
  await writeFile(stampFile, await makeStamp(interpreter));
  log(`the Python environment is ready after ${Math.round((performance.now() - started) / 1000)} s`);
}

/** What a line of pip's output says it is at; undefined for the many that say nothing new. */
function progressOfPip(line: string): string | undefined {
  if (line.startsWith('Installing collected packages')) {
    return 'installing Python packages';
  }
  const downloaded = /^ *Downloading ([\w.]+-[\w.]+?)(-|\.tar)/.exec(line)?.[1];
  return downloaded && `downloading ${downloaded}`;
}

async function stamp(): Promise<string | undefined> {
  return await readFile(stampFile, 'utf8').catch(() => undefined);
}

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
  const hash = createHash('sha256');
  for (const file of requirementFiles) {
    hash.update(file).update(await readFile(join(root, file)).catch(() => ''));
  }
  return JSON.stringify({ python: version, requirements: hash.digest('hex') });
}
