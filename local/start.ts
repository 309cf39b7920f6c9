/** `npm start`: the embedded cloud with the stack deployed to it, until Ctrl-C. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type Cloud, defaultPort, startCloud } from './cloud.ts';
import { localFolder } from './paths.ts';
import { removeReadyFile, writeReadyFile } from './ready-file.ts';
import { faultsPath } from './sagemaker/faults.ts';

type Options = { readonly port: number; readonly readyFile?: string; readonly state: string };

const options = new Command('start')
  .description('Starts the embedded cloud, deploys the stack to it, and serves the API until Ctrl-C.')
  .option('--port <number>', 'port of the API', portNumber, defaultPort)
  .option('--ready-file <file>', 'write addresses and bearer tokens to this file, as JSON, once everything is ready')
  .option('--state <folder>', 'where the state is kept', join(localFolder, 'state'))
  .parse()
  .opts<Options>();

const stateFolder = resolve(options.state);
const readyFiles = [join(stateFolder, 'ready.json'), ...(options.readyFile ? [resolve(options.readyFile)] : [])];
const asked = new AbortController();
let isUp = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (asked.signal.aborted) {
      console.log('stopping at once');
      // They hold tokens, and an exit passes by what is to be done at the end.
      for (const file of readyFiles) rmSync(file, { force: true });
      process.exit(1);
    }
    console.log('stopping (once more Ctrl-C: at once)');
    asked.abort(new Error('asked to stop'));
  });
}

try {
  console.log('starting the embedded cloud');
  await Promise.all(readyFiles.map(removeReadyFile));
  const cloud = await startCloud({ stateFolder, log: console.log, port: options.port, signal: asked.signal });
  isUp = true;
  await serve(cloud);
} catch (error) {
  if (error !== asked.signal.reason) {
    const failed = isUp ? 'failed' : 'did not start';
    console.error(`\nThe embedded cloud ${failed}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
} finally {
  await Promise.all(readyFiles.map(removeReadyFile));
}

async function serve(cloud: Cloud): Promise<void> {
  await Promise.all(readyFiles.map((file) => writeReadyFile(file, cloud)));
  console.log(`
  ready       ${cloud.apiUrl}/v1
  API page    ${cloud.apiUrl}/docs
  tokens      ${readyFiles.at(-1)}
  faults      ${cloud.sagemakerUrl}${faultsPath}: see local/sagemaker/faults.ts
  stop        Ctrl-C; the state stays in ${stateFolder}
`);
  const why = await Promise.race([cloud.ended, until(asked.signal)]);
  if (why !== undefined) {
    console.error(
      `\nThe embedded cloud broke down: ${why}\nStart it again with npm start; it goes on from its last save.`,
    );
    process.exitCode = 1;
  }
  await cloud.stop();
}

/** Resolves to nothing when the signal is aborted. */
function until(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const done = () => resolve(undefined);
    if (signal.aborted) {
      done();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError(`expected a port from 0 (any free one) to 65535, got ${text}`);
  }
  return value;
}
