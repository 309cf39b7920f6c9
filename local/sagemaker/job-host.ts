import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmulatorAddress } from '../aws-clients.ts';
import type { Log } from '../log.ts';
import { type Ending, end, enter, isAlive, type Job, newJob, stopping } from './job.ts';
import { JobRun } from './job-run.ts';
import type { JobStore } from './job-store.ts';
import { LogStream } from './log-stream.ts';
import type { CreateTrainingJob } from './requests.ts';
import { roleCredentials } from './role-credentials.ts';
import type { TrainingSettings } from './settings.ts';
import { StateEvents } from './state-events.ts';
import { JobStatus, type SecondaryStatus } from './statuses.ts';

export type JobHostOptions = {
  readonly address: EmulatorAddress;
  readonly store: JobStore;
  readonly settings: TrainingSettings;
  /** Folder of the trees of running jobs. */
  readonly treesFolder: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

const lost: Ending = { status: JobStatus.Failed, reason: 'InternalServerError: the training host was lost' };

/** Runs jobs, as many at a time as the settings allow, and keeps their states. */
export class JobHost {
  readonly #options: JobHostOptions;
  readonly #events: StateEvents;
  readonly #queue: string[] = [];
  readonly #runs = new Map<string, { readonly run: JobRun; readonly done: Promise<void> }>();
  #closed = false;

  constructor(options: JobHostOptions) {
    this.#options = options;
    this.#events = new StateEvents(options.address, options.settings.eventSource, options.log);
  }

  /** Ends the jobs that ran when the host of before was lost; call once, before any other. */
  async recover(): Promise<void> {
    const { store, treesFolder, now } = this.#options;
    await rm(treesFolder, { recursive: true, force: true });
    for (const job of store.all().filter(isAlive)) {
      await this.#change(job.request.TrainingJobName, (before) => end(before, lost, now()));
    }
  }

  async create(request: CreateTrainingJob): Promise<void> {
    const job = newJob(request, this.#options.now());
    await this.#options.store.put(job);
    void this.#events.emit(job);
    this.#queue.push(request.TrainingJobName);
    this.#startNext();
  }

  /** Begins to stop a job that is alive. */
  async stop(name: string): Promise<void> {
    const { now } = this.#options;
    await this.#change(name, (job) => stopping(job, now()));
    const waiting = this.#queue.indexOf(name);
    if (waiting >= 0) {
      this.#queue.splice(waiting, 1);
      await this.#change(name, (job) => end(job, { status: JobStatus.Stopped, ranTooLong: false }, now()));
    } else {
      this.#runs.get(name)?.run.stop({ ranTooLong: false });
    }
  }

  /** Ends every program at once and starts none any more; `recover` of the next host tells their owners. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#runs.values()];
    for (const { run } of running) {
      run.kill();
    }
    await Promise.all(running.map(({ done }) => done));
  }

  #startNext(): void {
    while (!this.#closed && this.#runs.size < this.#options.settings.concurrentJobs) {
      const job = this.#options.store.get(this.#queue.shift() ?? '');
      if (!job) {
        return;
      }
      const { run, logs } = this.#prepare(job);
      const name = job.request.TrainingJobName;
      this.#runs.set(name, { run, done: this.#run(name, run, logs) });
    }
  }

  async #run(name: string, run: JobRun, logs: LogStream): Promise<void> {
    const { log, now } = this.#options;
    const ending = await run.run();
    if (logs.refused) {
      log(`the log of ${name} could not be written: ${(logs.refused as Error).message}`);
    }
    this.#runs.delete(name);
    if (!this.#closed) {
      await this.#change(name, (before) => end(before, ending, now()));
      this.#startNext();
    }
  }

  #prepare({ request }: Job): { run: JobRun; logs: LogStream } {
    const { address, settings, treesFolder, now } = this.#options;
    const name = request.TrainingJobName;
    const credentials = roleCredentials(address, request.RoleArn);
    const logs = new LogStream(address, credentials, `${name}/algo-1-${Math.floor(now() / 1000)}`);
    const tree = join(treesFolder, name);
    const onStep = (step: SecondaryStatus) => this.#change(name, (job) => enter(job, step, now()));
    return { run: new JobRun({ request, address, credentials, settings, logs, tree, now, onStep }), logs };
  }

  async #change(name: string, change: (job: Job) => Job): Promise<void> {
    const { store } = this.#options;
    const before = store.get(name);
    if (!before || !isAlive(before)) {
      return;
    }
    const after = change(before);
    await store.put(after);
    if (after.status !== before.status) {
      await this.#events.emit(after);
    }
  }
}
