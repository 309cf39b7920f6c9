import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { memoryOfGroup, signalGroup } from '../process-group.ts';
import { eachLine } from './program-output.ts';
import type { Command } from './settings.ts';

/** The training shares the machine with everything else of the embedded cloud, which must stay responsive. */
const niceness = 10;

/** POSIX: the exit status of a program that a signal ended. */
const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGINT: 2,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** A running training program; gone with its whole process group when `exitCode` resolves. */
export class TrainingProgram {
  /** The exit status; 128 and the signal's number where a signal ended it. */
  readonly exitCode: Promise<number>;
  readonly #child: ChildProcess;

  /** @param onLine hears each line that it prints, of both outputs */
  constructor(command: Command, environment: NodeJS.ProcessEnv, tree: string, onLine: (line: string) => void) {
    const host = join(import.meta.dirname, 'training-host.sh');
    this.#child = spawn('/bin/sh', [host, ...command], {
      cwd: tree,
      env: environment,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      eachLine(stream as Readable, onLine);
    }
    this.exitCode = this.#end();
    this.#child.once('spawn', () => setPriority(this.#child.pid ?? 0, niceness));
  }

  /** Asks the program to end, and ends it after `graceSeconds`. */
  stop(graceSeconds: number): void {
    // The program alone, as SageMaker does; its host must go on watching over it.
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), graceSeconds * 1000);
    void this.exitCode.finally(() => clearTimeout(timer));
  }

  kill(): void {
    signalGroup(this.#child, 'SIGKILL');
  }

  /** Bytes of memory that the program and what it started have in use. */
  async memory(): Promise<number> {
    return await memoryOfGroup(this.#child);
  }

  #end(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', () => {
        // What it started and left behind; with that its outputs close, and the last lines are there.
        this.kill();
      });
      this.#child.once('close', (code, signal) => {
        resolve(code ?? 128 + (signalNumbers[signal ?? 'SIGKILL'] ?? 9));
      });
    });
  }
}
