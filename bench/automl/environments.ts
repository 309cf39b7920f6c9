import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepTalking, type Log } from '../../local/log.ts';
import { localFolder, root } from '../../local/paths.ts';
import { runCommand } from '../../local/run-command.ts';
import { findInterpreter } from '../../local/set-up/python-interpreter.ts';

/** All that the bench makes and keeps; git ignores it. */
export const automlFolder = join(localFolder, 'automl');
export const pythonFolder = join(import.meta.dirname, 'python');
/** The packages that have the tables inside. */
export const packagesFolder = join(automlFolder, 'packages');

const pythonOf = (environment: string): string => join(automlFolder, environment, 'bin', 'python');
export const peersPython = pythonOf('peers');
export const autogluonPython = pythonOf('autogluon');

const requirementsOf = (name: string): string => join(import.meta.dirname, name);
export const peersRequirements = requirementsOf('requirements.txt');
export const autogluonRequirements = requirementsOf('requirements-autogluon.txt');
const tablesRequirements = requirementsOf('requirements-tables.txt');

/** Does something once for each content of a file. */
const oncePer = async (file: string, stamp: string, work: () => Promise<void>): Promise<void> => {
  const wanted = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await work();
  writeFileSync(stamp, wanted);
};

const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off'];

const install = async (log: Log, python: string, file: string, ...more: string[]): Promise<void> => {
  const installing = runCommand(python, [...pip, '--requirement', file, ...more], { cwd: root });
  await keepTalking(log, `installing ${file.slice(root.length + 1)}`, installing);
};

const makeEnvironment = async (log: Log, environment: string, requirements: string): Promise<void> => {
  const folder = join(automlFolder, environment);
  await oncePer(requirements, join(folder, 'requirements-stamp'), async () => {
    const { command } = await findInterpreter();
    rmSync(folder, { recursive: true, force: true });
    const making = runCommand(command, ['-m', 'venv', folder], { cwd: root });
    await keepTalking(log, `making the environment ${environment}`, making);
    await install(log, pythonOf(environment), requirements);
  });
};

/** What the bench needs of Python beside the project's own environment: two more, and the packages with the tables. */
export const prepareEnvironments = async (log: Log): Promise<void> => {
  await makeEnvironment(log, 'peers', peersRequirements);
  await makeEnvironment(log, 'autogluon', autogluonRequirements);
  await oncePer(tablesRequirements, join(automlFolder, 'packages-stamp'), async () => {
    rmSync(packagesFolder, { recursive: true, force: true });
    await install(log, peersPython, tablesRequirements, '--no-deps', '--target', packagesFolder);
  });
};
