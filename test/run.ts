/**
 * The whole test run: sets up what it needs, then the gates, the TypeScript tests and the Python tests; with `--heavy`
 * the heavy checks too, which are commands of their own. Its last line counts what passed and failed; it ends with 0 only
 * where nothing failed and something ran.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparePython } from '../local/set-up/python-environment.ts';
import { root, runGates } from './gates.ts';

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** A runner that ended before it could count is one failure. */
const broken: Count = { passed: 0, failed: 1 };

/** npm scripts that take minutes; each ends with 0 where all that it checks holds. */
const heavyChecks = ['test:protocol', 'test:mutants'];

const stream = (program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });

const runJest = async (folder: string, args: readonly string[]): Promise<Count> => {
  const report = join(folder, 'jest.json');
  const status = await stream('jest', ['--json', `--outputFile=${report}`, '--maxWorkers=2', ...args], {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  });
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(await readFile(report, 'utf8'));
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: status !== 0 && failed === 0 ? 1 : failed };
  } catch (error) {
    console.error(`Expected Jest to write ${report}, and it did not: ${(error as Error).message}`);
    return broken;
  }
};

const runPytest = async (folder: string): Promise<Count> => {
  const report = join(folder, 'pytest.xml');
  const status = await stream(join(root, '.venv/bin/python'), [
    '-m',
    'pytest',
    '-c',
    'training-container/pyproject.toml',
    'training-container',
    '-q',
    '--numprocesses=2',
    `--junitxml=${report}`,
  ]);
  try {
    const suite = /<testsuite [^>]*>/.exec(await readFile(report, 'utf8'))?.[0] ?? '';
    const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = count('errors') + count('failures');
    return {
      passed: count('tests') - failed - count('skipped'),
      failed: status !== 0 && failed === 0 ? 1 : failed,
    };
  } catch (error) {
    console.error(`Expected pytest to write ${report}, and it did not: ${(error as Error).message}`);
    return broken;
  }
};

const runHeavy = async (): Promise<Count> => {
  let failed = 0;
  for (const check of heavyChecks) {
    if ((await stream('npm', ['run', '--silent', check])) !== 0) failed += 1;
  }
  return { passed: heavyChecks.length - failed, failed };
};

const heavy = '--heavy';
const given = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'relearn-tests-'));
try {
  // PyTorch is an extra: gigabytes in its default build for Linux.
  await preparePython({ log: console.log, extras: given.includes(heavy) ? ['torch'] : [] });
  const counts = [
    await runGates(),
    await runPytest(folder),
    await runJest(
      folder,
      given.filter((argument) => argument !== heavy),
    ),
  ];
  if (given.includes(heavy)) counts.push(await runHeavy());
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
