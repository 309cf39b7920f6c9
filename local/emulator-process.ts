import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { EmulatorFailedError } from './errors.ts';
import { python } from './paths.ts';
import { signalGroup } from './process-group.ts';

/** What `python/launcher.py` says about itself. */
export type Announcement = {
  readonly event: 'listening' | 'refused' | 'done';
  readonly port?: number;
  readonly tlsPort?: number;
  readonly reason?: 'port-taken' | 'state-in-use';
  /** The process that has the state folder. */
  readonly process?: number;
  /** Number of the command that was carried out, and whether it succeeded. */
  readonly command?: number;
  readonly ok?: boolean;
};

const linesInError = 15;

/** The launcher as a process: what it announces, what it is told, how it ended. */
export class EmulatorProcess {
  readonly logFile: string;
  /** Resolves when the process is gone, with what to tell about it. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #announcements = new EventEmitter();
  #lastCommand = 0;

  constructor(parameters: readonly string[], environment: NodeJS.ProcessEnv, folder: string, logFile: string) {
    this.logFile = logFile;
    const log = openLog(logFile);
    this.#child = spawn(python, parameters, {
      cwd: folder,
      env: environment,
      // A group of its own: a Ctrl-C at the terminal must reach this process only, which stops things in order.
      detached: true,
      stdio: ['pipe', 'pipe', log],
    });
    closeSync(log);
    // A command to a process that has just died fails; that it died is told by `ended`.
    this.#child.stdin?.on('error', () => {});
    this.#readAnnouncements();
    this.ended = this.#end();
  }

  get id(): number {
    return this.#child.pid ?? 0;
  }

  /** The next announcement that is one of `wanted`. */
  announced(wanted: (announcement: Announcement) => boolean): Promise<Announcement> {
    return new Promise((resolve) => {
      const hear = (announcement: Announcement) => {
        if (wanted(announcement)) {
          this.#announcements.off('announcement', hear);
          resolve(announcement);
        }
      };
      this.#announcements.on('announcement', hear);
    });
  }

  /**
   * Has a command carried out; see the launcher for what each means.
   *
   * @throws {EmulatorFailedError} where it fails, or the process ends before
   */
  async command(name: 'save' | 'hold' | 'release'): Promise<void> {
    this.#lastCommand += 1;
    const number = this.#lastCommand;
    const done = this.announced(({ command }) => command === number);
    this.#child.stdin?.write(`${number} ${name}\n`);
    const outcome = await Promise.race([done, this.ended]);
    if (typeof outcome === 'string' || !outcome.ok) {
      throw new EmulatorFailedError(`the emulator could not ${name} its state.${this.tailOfLog()}`);
    }
  }

  /** Ask it to save and end; `ended` tells when it has. */
  close(): void {
    this.#child.stdin?.end();
  }

  /** End it and its functions at once; what it has not saved is lost. */
  kill(): void {
    signalGroup(this.#child, 'SIGKILL');
  }

  /** The last lines of its log, for an error message; empty where it is silent. */
  tailOfLog(): string {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-linesInError).join('\n');
    return lines ? `\nThe last lines of ${this.logFile}:\n${lines}` : `\nIts log, ${this.logFile}, is empty.`;
  }

  #readAnnouncements(): void {
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#announcements.emit('announcement', JSON.parse(line));
    });
  }

  #end(): Promise<string> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`${python} cannot be started: ${error.message}`));
      this.#child.once('exit', (code, signal) => {
        // The functions of an emulator that was killed.
        this.kill();
        resolve(`the emulator ended with ${signal ?? `exit status ${code}`}.${this.tailOfLog()}`);
      });
    });
  }
}

/** The log of this run; that of the run before is kept beside it. */
function openLog(logFile: string): number {
  if (existsSync(logFile)) {
    renameSync(logFile, `${logFile}.1`);
  }
  return openSync(logFile, 'w', 0o600);
}
