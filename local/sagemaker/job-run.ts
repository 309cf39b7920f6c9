import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type EmulatorAddress, s3ClientOptions } from '../aws-clients.ts';
import { packageCommands } from '../paths.ts';
import { holdsFiles, uploadArchive } from './archives.ts';
import { downloadChannel } from './channels.ts';
import { type Ending, jobArn, modelArtifactUri } from './job.ts';
import type { LogStream } from './log-stream.ts';
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
  readonly logs: LogStream;
  /** The folder that stands for `/opt/ml`; made, and deleted at the end. */
  readonly tree: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Hears when the job passes into its next step. */
  readonly onStep: (step: SecondaryStatus) => Promise<void>;
};

/** setTimeout takes no more. */
const longestTimeout = 2 ** 31 - 1;

/** One job on its host: download, train, upload. */
export class JobRun {
  readonly #options: JobRunOptions;
  readonly #s3: S3Client;
  #program: TrainingProgram | undefined;
  #stopped: { readonly ranTooLong: boolean } | undefined;

  constructor(options: JobRunOptions) {
    this.#options = options;
    // Why an upload fails is told by the job's reason; the client would also print a warning.
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    this.#s3 = new S3Client({ ...s3ClientOptions(options.address), credentials: options.credentials, logger });
  }

  /** Runs the job to its end; a job that fails does not reject, it ends as failed. */
  async run(): Promise<Ending> {
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
  stop(why: { readonly ranTooLong: boolean }): void {
    this.#stopped ??= why;
    this.#program?.stop(this.#options.settings.stopSeconds);
  }

  /** Ends the program at once, as the loss of the host does. */
  kill(): void {
    this.#program?.kill();
  }

  async #run(): Promise<Ending> {
    const { onStep, tree } = this.#options;
    await onStep(SecondaryStatus.Downloading);
    const downloaded = await this.#download();
    if (downloaded) {
      return downloaded;
    }
    const stoppedEarly = this.#stoppedEnding();
    if (stoppedEarly) {
      return stoppedEarly;
    }
    await onStep(SecondaryStatus.Training);
    const exitCode = await this.#train();
    const uploaded = await this.#upload();
    const stopped = this.#stoppedEnding();
    if (stopped) {
      return stopped;
    }
    if (exitCode !== 0) {
      const reason = await readFile(treePaths(tree).failure, 'utf8').catch(() => 'See job logs for more information');
      return failed(`AlgorithmError: ${reason.trim()}, exit code: ${exitCode}`);
    }
    return uploaded ?? { status: JobStatus.Completed };
  }

  #stoppedEnding(): Ending | undefined {
    return this.#stopped && { status: JobStatus.Stopped, ...this.#stopped };
  }

  /** @returns the failure where the data cannot be read */
  async #download(): Promise<Ending | undefined> {
    const { request, tree } = this.#options;
    await makeTree(tree, request);
    for (const channel of request.InputDataConfig ?? []) {
      try {
        await downloadChannel(this.#s3, channel, treePaths(tree).channel(channel.ChannelName));
      } catch (error) {
        return failed(`ClientError: Data download failed for channel ${channel.ChannelName}: ${describe(error)}`);
      }
    }
    return undefined;
  }

  async #train(): Promise<number> {
    const { request, settings, tree, logs, now } = this.#options;
    const command = settings.commandOf(request.AlgorithmSpecification.TrainingImage, tree);
    const program = new TrainingProgram(command, this.#environment(), tree, (line) => logs.write(line, now()));
    this.#program = program;
    const limit = Math.min(request.StoppingCondition.MaxRuntimeInSeconds * 1000, longestTimeout);
    const timer = setTimeout(() => this.stop({ ranTooLong: true }), limit);
    if (this.#stopped) {
      program.stop(settings.stopSeconds);
    }
    try {
      return await program.exitCode;
    } finally {
      clearTimeout(timer);
    }
  }

  #environment(): NodeJS.ProcessEnv {
    const { request, tree } = this.#options;
    const { temporary } = treePaths(tree);
    return {
      PATH: [packageCommands, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      HOME: temporary,
      TMPDIR: temporary,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      PYTHONUNBUFFERED: '1',
      // Threads that spin while they wait cost five times the time where cores are shared.
      OMP_WAIT_POLICY: 'PASSIVE',
      GOMP_SPINCOUNT: '0',
      ...request.Environment,
      TRAINING_JOB_NAME: request.TrainingJobName,
      TRAINING_JOB_ARN: jobArn(request.TrainingJobName),
    };
  }

  /** @returns the failure where the artifact cannot be stored */
  async #upload(): Promise<Ending | undefined> {
    const { request, tree, onStep } = this.#options;
    const { model } = treePaths(tree);
    if (!(await holdsFiles(model))) {
      return undefined;
    }
    await onStep(SecondaryStatus.Uploading);
    const archive = join(tree, 'model.tar.gz');
    const { KmsKeyId: kmsKeyId } = request.OutputDataConfig;
    try {
      await uploadArchive(this.#s3, { folder: model, archive, uri: modelArtifactUri(request), kmsKeyId });
      return undefined;
    } catch (error) {
      return failed(`ClientError: Artifact upload failed: ${describe(error)}`);
    }
  }
}

const failed = (reason: string): Ending => ({ status: JobStatus.Failed, reason });

const describe = (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`;
