import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { benchFolder } from './fixtures.ts';

const scripts = [
  'latency',
  'challenged',
  'explain',
  'memory',
  'server',
  'split',
  'cold-start',
  'cold-start-full-stack',
  'cold-start-floor',
] as const;
export type Script = (typeof scripts)[number];

/** Where the JavaScript of a script is, once `buildScripts` has made it. */
export const scriptFile = (script: Script): string => join(benchFolder, 'children', `${script}.mjs`);

/** JavaScript of `children/`, so that no process spends time and memory on types; packages stay where they are. */
export const buildScripts = async (): Promise<void> => {
  await build({
    entryPoints: scripts.map((script) => join(import.meta.dirname, 'children', `${script}.ts`)),
    outdir: join(benchFolder, 'children'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node24',
    format: 'esm',
  });
};

/** Runs a script to its end and gives what it sends. What it prints is thrown away. */
export const runChild = async <Message>(
  script: Script,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Message> => {
  const child = fork(scriptFile(script), [...parameters], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let message: Message | undefined;
  child.once('message', (sent) => {
    message = sent as Message;
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0 || message === undefined) throw new Error(`${script} ended with ${status} and measured nothing.`);
  return message;
};

/** @returns a port on which nobody listens now */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const taskset = '/usr/bin/taskset';

/** Whether a process can be kept to one processor here. */
const canPin = process.platform === 'linux' && existsSync(taskset) && cpus().length > 1;

/** Starts a command on the last processor, where that can be had: what it is compared with runs there too. */
export const spawnPinned = (
  command: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): ChildProcess => {
  const [first, ...rest] = canPin
    ? [taskset, '-c', String(cpus().length - 1), command, ...parameters]
    : [command, ...parameters];
  return spawn(first as string, rest, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
};

export const stop = async (child: ChildProcess): Promise<void> => {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await ended;
};
