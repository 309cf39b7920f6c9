import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { emulatorEnvironment, temporaryFolder } from './emulator-environment.ts';
import { EmulatorProcess } from './emulator-process.ts';
import { EmulatorFailedError, PortTakenError, StateInUseError } from './errors.ts';
import { keepTalking, type Log } from './log.ts';
import { certificateAuthorityFile, certificateFolder, root } from './paths.ts';

export type EmulatorOptions = {
  /** Everything that the emulator keeps is below it. */
  readonly stateFolder: string;
  readonly log: Log;
  /** Port of plain HTTP. @default any free one */
  readonly port?: number;
  /** Port of HTTPS. @default any free one */
  readonly tlsPort?: number;
  /** Seconds between snapshots of the state while it changes: what a kill can lose. @default 20 */
  readonly saveSeconds?: number;
  /** Variables that every function gets besides the usual ones. @default none */
  readonly functionEnvironment?: Readonly<Record<string, string>>;
};

export type Emulator = {
  /** Every service but S3, over plain HTTP on loopback. */
  readonly emulatorUrl: string;
  /** The same over TLS; S3 must be called here, because bucket policies refuse plain HTTP. */
  readonly emulatorTlsUrl: string;
  /** PEM file of the authority that signed the TLS certificate. */
  readonly caFile: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly processId: number;
  readonly logFile: string;
  /** Writes a snapshot of the state. @throws {EmulatorFailedError} where it cannot */
  save(): Promise<void>;
  /**
   * Does work that must not be kept half done: a snapshot is written before and after it, and none meanwhile. Where it
   * fails, or the emulator is stopped or killed during it, the next start begins from before.
   */
  wholly<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when the process is gone, whoever ended it, with what to tell about it. */
  readonly ended: Promise<string>;
  /** Saves the state, ends the emulator and its functions; resolves when no process of it is left. */
  stop(): Promise<void>;
};

const startSeconds = 60;
/** A stop that takes longer is cut short: the last regular snapshot is whole at every moment. */
const stopSeconds = 90;

/**
 * Starts the emulator and waits until it answers.
 *
 * @throws {PortTakenError} where a given port is taken
 * @throws {StateInUseError} where another process has the state folder
 * @throws {EmulatorFailedError} where it does not come up, with the end of its log
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const launcher = await launch(options);
  try {
    const { port, tlsPort } = await keepTalking(options.log, 'starting the emulator', comingUp(launcher));
    return {
      emulatorUrl: `http://127.0.0.1:${port}`,
      emulatorTlsUrl: `https://127.0.0.1:${tlsPort}`,
      caFile: certificateAuthorityFile,
      port,
      tlsPort,
      processId: launcher.id,
      logFile: launcher.logFile,
      ended: launcher.ended,
      save: () => launcher.command('save'),
      wholly: (work) => wholly(launcher, work),
      stop: async () => {
        await keepTalking(options.log, 'saving the state', stop(launcher));
        await rm(temporaryFolder(folderOf(options)), { recursive: true, force: true });
      },
    };
  } catch (error) {
    launcher.kill();
    await launcher.ended;
    throw error;
  }
}

const folderOf = ({ stateFolder }: EmulatorOptions) => join(stateFolder, 'emulator');

async function launch(options: EmulatorOptions): Promise<EmulatorProcess> {
  const folder = folderOf(options);
  mkdirSync(folder, { recursive: true });
  const parameters = {
    '--state': folder,
    '--certificate': join(certificateFolder, 'server.pem'),
    '--key': join(certificateFolder, 'server-key.pem'),
    '--port': String(options.port ?? 0),
    '--tls-port': String(options.tlsPort ?? 0),
    '--save-seconds': String(options.saveSeconds ?? 20),
  };
  const program = join(root, 'local', 'python', 'launcher.py');
  return new EmulatorProcess(
    [program, '--follow-stdin', ...Object.entries(parameters).flat()],
    await emulatorEnvironment(folder, options.functionEnvironment ?? {}),
    folder,
    join(options.stateFolder, 'emulator.log'),
  );
}

async function comingUp(launcher: EmulatorProcess): Promise<{ port: number; tlsPort: number }> {
  const giveUp = new AbortController();
  const failed = launcher.ended.then((why) => Promise.reject(new EmulatorFailedError(why)));
  const late = delay(startSeconds * 1000, undefined, { ref: false }).then(() =>
    Promise.reject(new EmulatorFailedError(`no answer from the emulator in ${startSeconds} s.${launcher.tailOfLog()}`)),
  );
  try {
    const ports = await Promise.race([listening(launcher), failed, late]);
    await Promise.race([healthy(ports.port, giveUp.signal), failed, late]);
    return ports;
  } finally {
    giveUp.abort();
    // Whichever of them loses the race may still be rejected later, when nobody looks.
    failed.catch(() => {});
    late.catch(() => {});
  }
}

async function listening(launcher: EmulatorProcess): Promise<{ port: number; tlsPort: number }> {
  const {
    port = 0,
    tlsPort = 0,
    reason,
    process: owner = 0,
  } = await launcher.announced(({ event }) => event !== 'done');
  if (reason === 'port-taken') {
    throw new PortTakenError(port);
  }
  if (reason === 'state-in-use') {
    throw new StateInUseError(owner);
  }
  return { port, tlsPort };
}

async function healthy(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/_ministack/health`, { signal })).body?.cancel();
      return;
    } catch {
      await delay(50);
    }
  }
}

async function wholly<Result>(launcher: EmulatorProcess, work: () => Promise<Result>): Promise<Result> {
  await launcher.command('save');
  await launcher.command('hold');
  const result = await work();
  await launcher.command('release');
  await launcher.command('save');
  return result;
}

async function stop(launcher: EmulatorProcess): Promise<void> {
  const late = setTimeout(() => launcher.kill(), stopSeconds * 1000);
  launcher.close();
  await launcher.ended;
  clearTimeout(late);
}
