import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A check of the whole tree: one command that ends with 0 where all is well. */
export interface Gate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const python = ['training-container', 'local/python', 'examples', 'bench', 'test'];

export const gates: readonly Gate[] = [
  { name: 'types (tsc)', command: ['tsc', '--project', '.'] },
  { name: 'style (biome)', command: ['biome', 'check', '--error-on-warnings'] },
  {
    name: 'import law (dependency-cruiser)',
    command: ['depcruise', 'contracts', 'functions', 'infra', 'local', 'client', 'cli', 'examples', '--config'],
  },
  { name: 'nothing unused (knip)', command: ['knip'] },
  { name: 'API document (redocly)', command: ['redocly', 'lint', 'docs/openapi.json'] },
  { name: 'Python style (ruff)', command: ['.venv/bin/ruff', 'check', ...python] },
  { name: 'Python format (ruff)', command: ['.venv/bin/ruff', 'format', '--check', ...python] },
];

/** @returns the command's exit status and everything that it printed */
const run = ([program, ...args]: Gate['command']): Promise<{ status: number; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, output: Buffer.concat(chunks).toString() }));
  });

/**
 * Runs every gate, one after the other, and prints a line each; what a failed one said is printed whole.
 *
 * @returns how many passed and failed
 */
export const runGates = async (): Promise<{ passed: number; failed: number }> => {
  let failed = 0;
  for (const gate of gates) {
    const started = performance.now();
    const { status, output } = await run(gate.command);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${status === 0 ? '✓' : '✗'} ${gate.name} (${seconds} s)`);
    if (status !== 0) {
      failed += 1;
      console.log(output);
    }
  }
  return { passed: gates.length - failed, failed };
};
