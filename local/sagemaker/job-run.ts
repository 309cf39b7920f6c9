import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type EmulatorAddress, s3ClientOptions } from '../aws-clients.ts';
import { holdsFiles, uploadArchive } from './archives.ts';
import { downloadChannel } from './channels.ts';
import { Checkpoints } from './checkpoints.ts';
import type { FaultList } from './fault-list.ts';
import { type Ending, failed, modelArtifactUri, type StopReason, stopped } from './job.ts';
import type { LogStream } from './log-stream.ts';
import { bytesBelow, type MachineLimits, machineLimits } from './machine-limits.ts';
import { faultyCommand, programEnvironment } from './program-environment.ts';
import { repeatedly } from './repeatedly.ts';
import type { CreateTrainingJob } from './requests.ts';
import type { CredentialProvider } from './role-credentials.ts';
import type { TrainingSettings } from './settings.ts';
import { JobStatus, SecondaryStatus } from './statuses.ts';
import { TrainingProgram } from './training-program.ts';
import { makeTree, treePaths } from './training-tree.ts';

export type JobRunOptions = {
  readonly request: CreateTrainingJob;
  readonly address: EmulatorAddress;
  readonly credentials: CredentialProvider;
  readonly settings: TrainingSettings;
  readonly faults: FaultList;
  readonly logs: LogStream;
  /** The folder that stands for `/opt/ml`; made, and deleted at the end. */
  readonly tree: string;
  /** How long the program may still run. */
  readonly milliseconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Hears when the job passes into its next step. */
  readonly onStep: (step: SecondaryStatus) => Promise<void>;
};

/** The machine was taken away; another is there after so many seconds, with null never. */
export type Interruption = { readonly capacityAfterSeconds: number | null };

/** setTimeout takes no more. */
const longestTimeout = 2 ** 31 - 1;
const killed = 137;

/** How a job ends whose host is gone. */
export const lost = failed('InternalServerError: the training host was lost');

/** A job on one machine: download, train, upload. */
export class JobRun {
  readonly #options: JobRunOptions;
  readonly #s3: S3Client;
  readonly #checkpoints: Checkpoints | undefined;
  #program: TrainingProgram | undefined;
  #stopped: StopReason | undefined;
  #interruption: Interruption | undefined;
  #isDiskFull = false;
  #isLost = false;

  constructor(options: JobRunOptions) {
    this.#options = options;
    // Why an upload fails is told by the job's reason; the client would also print a warning.
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    this.#s3 = new S3Client({ ...s3ClientOptions(options.address), credentials: options.credentials, logger });
    const uri = options.request.CheckpointConfig?.S3Uri;
    const { checkpoints } = treePaths(options.tree);
    this.#checkpoints = uri === undefined ? undefined : new Checkpoints({ s3: this.#s3, folder: checkpoints, uri });
  }

  /** Why it was told to stop. */
  get stopReason(): StopReason | undefined {
    return this.#stopped;
  }

  /** Runs the job until it ends, or its machine is taken away; a job that fails does not reject, it ends as failed. */
  async run(): Promise<Ending | Interruption> {
    const { tree, logs } = this.#options;
    try {
      return await this.#run();
    } catch (error) {
      return failed(`InternalServerError: ${(error as Error).message}`);
    } finally {
      await logs.close();
      await rm(tree, { recursive: true, force: true });
      this.#s3.destroy();
    }
  }

  /** Ends the job at the next possible moment; what the program has written to its model folder is kept. */
  stop(why: StopReason): void {
    this.#stopped ??= why;
    this.#program?.stop(this.#options.settings.stopSeconds);
  }

  /** Ends the program at once and keeps nothing, as the loss of the host does. */
  kill(): void {
    this.#isLost = true;
    this.#program?.kill();
  }

  async #run(): Promise<Ending | Interruption> {
    const { onStep } = this.#options;
    await onStep(SecondaryStatus.Downloading);
    const downloaded = await this.#download();
    if (downloaded) {
      return downloaded;
    }
    if (this.#stopped) {
      return stopped(this.#stopped);
    }
    await onStep(SecondaryStatus.Training);
    const exitCode = await this.#train();
    if (this.#isLost) {
      return lost;
    }
    const unsaved = await this.#attempt('Checkpoint upload failed', () => this.#checkpoints?.save());
    if (this.#interruption && !this.#stopped) {
      return this.#interruption;
    }
    const unstored = await this.#upload();
    if (this.#stopped) {
      return stopped(this.#stopped);
    }
    if (exitCode !== 0) {
      return failed(await this.#failureReason(exitCode));
    }
    return unstored ?? unsaved ?? { status: JobStatus.Completed };
  }

  async #failureReason(exitCode: number): Promise<string> {
    const { request, tree } = this.#options;
    if (this.#isDiskFull) {
      const { VolumeSizeInGB } = request.ResourceConfig;
      return `ClientError: No space left on device: the training filled its volume of ${VolumeSizeInGB} GB`;
    }
    const unsaid =
      exitCode === killed
        ? 'Please use an instance type with more memory, or reduce the size of training data processed on an instance.'
        : 'See job logs for more information';
    const reason = await readFile(treePaths(tree).failure, 'utf8').catch(() => unsaid);
    return `AlgorithmError: ${reason.trim()}, exit code: ${exitCode}`;
  }

  /** @returns the failure where data cannot be read */
  async #download(): Promise<Ending | undefined> {
    const { request, tree } = this.#options;
    await makeTree(tree, request);
    for (const channel of request.InputDataConfig ?? []) {
      const { ChannelName: name } = channel;
      const folder = treePaths(tree).channel(name);
      const missing = await this.#attempt(`Data download failed for channel ${name}`, () =>
        downloadChannel(this.#s3, channel, folder),
      );
      if (missing) {
        return missing;
      }
    }
    return await this.#attempt('Checkpoint download failed', () => this.#checkpoints?.restore());
  }

  async #train(): Promise<number> {
    const { request, settings, faults, tree, milliseconds, logs, now } = this.#options;
    const command = settings.commandOf(request.AlgorithmSpecification.TrainingImage, tree);
    const fault = faults.take('program', request);
    const limits = machineLimits(request, faults, fault);
    const program = new TrainingProgram(
      fault ? faultyCommand(fault, tree, command) : command,
      programEnvironment(request, tree),
      tree,
      (line) => logs.write(line, now()),
    );
    this.#program = program;
    const timer = setTimeout(() => this.stop('MaxRuntimeExceeded'), Math.min(milliseconds, longestTimeout));
    const started = now();
    const watching = repeatedly(settings.watchSeconds, () => this.#watch(program, limits, started));
    // One that fails is made up for by the next, and told of by the last.
    const saving = repeatedly(settings.checkpointSeconds, async () => this.#checkpoints?.save().catch(() => {}));
    if (this.#stopped) {
      program.stop(settings.stopSeconds);
    }
    if (this.#isLost) {
      program.kill();
    }
    try {
      return await program.exitCode;
    } finally {
      clearTimeout(timer);
      await watching.stop();
      await saving.stop();
    }
  }

  /** Ends a program that has used up its machine, or whose machine is to be taken away. */
  async #watch(program: TrainingProgram, limits: MachineLimits, started: number): Promise<void> {
    const { request, settings, faults, tree, now } = this.#options;
    if (limits.memory !== undefined && (await program.memory()) > limits.memory) {
      program.kill();
    }
    if ((await bytesBelow(tree)) > limits.disk) {
      this.#isDiskFull = true;
      program.kill();
    }
    if (request.EnableManagedSpotTraining && !this.#interruption) {
      const isDue = ({ afterSeconds }: { afterSeconds: number }) => now() - started >= afterSeconds * 1000;
      this.#interruption = faults.take('interrupted', request, isDue);
      if (this.#interruption) {
        program.stop(settings.stopSeconds);
      }
    }
  }

  /** @returns the failure where the artifact cannot be stored */
  async #upload(): Promise<Ending | undefined> {
    const { request, tree, onStep } = this.#options;
    const { model: folder } = treePaths(tree);
    if (!(await holdsFiles(folder))) {
      return undefined;
    }
    await onStep(SecondaryStatus.Uploading);
    const archive = join(tree, 'model.tar.gz');
    const { KmsKeyId: kmsKeyId } = request.OutputDataConfig;
    return await this.#attempt('Artifact upload failed', () =>
      uploadArchive(this.#s3, { folder, archive, uri: modelArtifactUri(request), kmsKeyId }),
    );
  }

  /** @returns the failure where something cannot be done with the permissions that the job has */
  async #attempt(otherwise: string, work: () => Promise<void> | undefined): Promise<Ending | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      return failed(`ClientError: ${otherwise}: ${(error as Error).name}: ${(error as Error).message}`);
    }
  }
}
