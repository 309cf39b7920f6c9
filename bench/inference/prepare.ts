import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepTalking, type Log } from '../../local/log.ts';
import { python, root } from '../../local/paths.ts';
import { runCommand } from '../../local/run-command.ts';
import { preparePython } from '../../local/set-up/python-environment.ts';
import { type BenchModel, benchFolder, graphFile } from './fixtures.ts';

const folder = join(root, 'bench/python');
const requirements = join(folder, 'requirements.txt');
const models: readonly BenchModel[] = ['trees', 'network', 'large'];

/** What the bench needs of Python: the servers to compare with, and the models, each made once. */
export const prepare = async (log: Log): Promise<void> => {
  await preparePython({ log });
  const stamp = join(root, '.venv', 'bench-requirements');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--requirement', requirements];
    await keepTalking(log, 'installing bench/python/requirements.txt', runCommand(python, install, { cwd: root }));
    writeFileSync(stamp, wanted);
  }
  if (models.every((model) => existsSync(graphFile(model)))) return;
  const making = runCommand(python, [join(folder, 'make_models.py'), benchFolder], { cwd: root });
  await keepTalking(log, 'making the models', making);
};
