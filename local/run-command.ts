import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { signalGroup } from './process-group.ts';

const linesInError = 20;

export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
}

export type CommandOptions = {
  readonly cwd: string;
  /** @default the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Hears each line of both outputs. @default nobody does */
  readonly onLine?: (line: string) => void;
  /** Lines that belong into the error message where the command fails. @default all */
  readonly isTelling?: (line: string) => boolean;
  /** Ends the command, and what it has started, with SIGTERM. @default never */
  readonly signal?: AbortSignal;
};

/**
 * Runs a command to its end.
 *
 * @throws {CommandFailedError} where it ends with another status than 0, with the last telling lines it printed
 * @throws the signal's reason where that ended it
 */
export async function runCommand(
  command: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<void> {
  const child = spawn(command, parameters, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.signal !== undefined,
  });
  const stop = () => signalGroup(child, 'SIGTERM');
  options.signal?.addEventListener('abort', stop, { once: true });
  const telling: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      options.onLine?.(line);
      if (options.isTelling?.(line) ?? true) {
        telling.push(line);
      }
    });
  }
  const status = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? `exit status ${code}`));
  });
  options.signal?.removeEventListener('abort', stop);
  options.signal?.throwIfAborted();
  if (status !== 'exit status 0') {
    const shown = [command, ...parameters].join(' ');
    throw new CommandFailedError(
      `\`${shown}\` ended with ${status}. It said last:\n${telling.slice(-linesInError).join('\n')}`,
    );
  }
}
