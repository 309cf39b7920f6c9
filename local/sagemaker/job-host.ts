import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmulatorAddress } from '../aws-clients.ts';
import type { Log } from '../log.ts';
import type { FaultList } from './fault-list.ts';
import {
  type Ending,
  end,
  enter,
  failed,
  isAlive,
  type Job,
  newJob,
  type StopReason,
  stopped,
  stopping,
  trainedMilliseconds,
} from './job.ts';
import { type Interruption, JobRun, lost } from './job-run.ts';
import type { JobStore } from './job-store.ts';
import { LogStream } from './log-stream.ts';
import { noCapacity } from './refusals.ts';
import type { CreateTrainingJob } from './requests.ts';
import { roleCredentials } from './role-credentials.ts';
import type { TrainingSettings } from './settings.ts';
import { StateEvents } from './state-events.ts';
import { SecondaryStatus } from './statuses.ts';
import { Timers } from './timers.ts';

export type JobHostOptions = {
  readonly address: EmulatorAddress;
  readonly store: JobStore;
  readonly faults: FaultList;
  readonly settings: TrainingSettings;
  /** Folder of the trees of running jobs. */
  readonly treesFolder: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

const withoutMachine = failed(`CapacityError: ${noCapacity}`);

/** Runs jobs, as many at a time as the settings allow, and keeps their states. */
export class JobHost {
  readonly #options: JobHostOptions;
  readonly #events: StateEvents;
  /** Jobs for which there would be a machine, if fewer were at work. */
  readonly #queue: string[] = [];
  /** What jobs wait for that wait for no machine of ours: an end of a delay, capacity of spot. */
  readonly #delays = new Timers();
  /** When spot jobs have waited long enough. */
  readonly #deadlines = new Timers();
  readonly #runs = new Map<string, { readonly run: JobRun; readonly done: Promise<void> }>();
  #closed = false;

  constructor(options: JobHostOptions) {
    this.#options = options;
    this.#events = new StateEvents(options.address, options.settings.eventSource, options.log, options.faults);
  }

  /** Ends the jobs that ran when the host of before was lost; call once, before any other. */
  async recover(): Promise<void> {
    const { store, treesFolder } = this.#options;
    await rm(treesFolder, { recursive: true, force: true });
    for (const job of store.all().filter(isAlive)) {
      await this.#end(job.request.TrainingJobName, lost);
    }
  }

  async create(request: CreateTrainingJob): Promise<void> {
    const { store, faults, now } = this.#options;
    const name = request.TrainingJobName;
    const job = newJob(request, now());
    await store.put(job);
    void this.#events.emit(job);
    const { MaxWaitTimeInSeconds } = request.StoppingCondition;
    if (MaxWaitTimeInSeconds !== undefined) {
      this.#deadlines.set(name, MaxWaitTimeInSeconds, () => this.#stop(name, 'MaxWaitTimeExceeded'));
    }
    const missing = faults.take('no-capacity', request);
    if (missing) {
      this.#delays.set(name, missing.afterSeconds, () => this.#end(name, withoutMachine));
    } else {
      this.#startAfter(name, faults.take('delayed-start', request)?.seconds ?? 0);
    }
  }

  /** Begins to stop a job that is alive. */
  async stop(name: string): Promise<void> {
    const { now } = this.#options;
    await this.#change(name, (job) => stopping(job, now()));
    await this.#stop(name, 'Stopped');
  }

  /** Ends every program at once and starts none any more; `recover` of the next host tells their owners. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#delays.clear();
    this.#deadlines.clear();
    const running = [...this.#runs.values()];
    for (const { run } of running) {
      run.kill();
    }
    await Promise.all(running.map(({ done }) => done));
  }

  async #stop(name: string, why: StopReason): Promise<void> {
    const running = this.#runs.get(name);
    if (running) {
      running.run.stop(why);
      return;
    }
    this.#delays.delete(name);
    const waiting = this.#queue.indexOf(name);
    if (waiting >= 0) {
      this.#queue.splice(waiting, 1);
    }
    await this.#end(name, stopped(why));
  }

  #startAfter(name: string, seconds: number): void {
    const start = () => {
      this.#queue.push(name);
      this.#startNext();
    };
    if (seconds === 0) {
      start();
    } else {
      this.#delays.set(name, seconds, async () => start());
    }
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
    const ending = await run.run();
    if (logs.refused) {
      this.#options.log(`the log of ${name} could not be written: ${(logs.refused as Error).message}`);
    }
    this.#runs.delete(name);
    if (this.#closed) {
      return;
    }
    if (!('capacityAfterSeconds' in ending)) {
      await this.#end(name, ending);
    } else if (run.stopReason) {
      await this.#end(name, stopped(run.stopReason));
    } else {
      await this.#interrupt(name, ending);
    }
    this.#startNext();
  }

  /** Lets a spot job wait for its next machine, while others have the place of this one. */
  async #interrupt(name: string, { capacityAfterSeconds }: Interruption): Promise<void> {
    const { now } = this.#options;
    if (capacityAfterSeconds !== null) {
      this.#delays.set(name, capacityAfterSeconds, async () => {
        await this.#change(name, (job) => enter(job, SecondaryStatus.Starting, now()));
        this.#startAfter(name, 0);
      });
    }
    await this.#change(name, (job) => enter(job, SecondaryStatus.Interrupted, now()));
  }

  #prepare(job: Job): { run: JobRun; logs: LogStream } {
    const { address, settings, faults, treesFolder, now } = this.#options;
    const { request } = job;
    const name = request.TrainingJobName;
    const credentials = roleCredentials(address, request.RoleArn);
    const logs = new LogStream(address, credentials, `${name}/algo-1-${Math.floor(now() / 1000)}`);
    const tree = join(treesFolder, name);
    const milliseconds = request.StoppingCondition.MaxRuntimeInSeconds * 1000 - trainedMilliseconds(job, now());
    const onStep = (step: SecondaryStatus) => this.#change(name, (before) => enter(before, step, now()));
    const where = { request, address, credentials, settings, faults, logs, tree };
    return { run: new JobRun({ ...where, milliseconds, now, onStep }), logs };
  }

  async #end(name: string, ending: Ending): Promise<void> {
    const { now } = this.#options;
    this.#deadlines.delete(name);
    await this.#change(name, (job) => end(job, ending, now()));
  }

  async #change(name: string, change: (job: Job) => Job): Promise<void> {
    const { store } = this.#options;
    const before = store.get(name);
    if (!before || !isAlive(before)) {
      return;
    }
    const after = change(before);
    await store.put(after);
    if (after.status !== before.status || after.secondaryStatus !== before.secondaryStatus) {
      await this.#events.emit(after);
    }
  }
}
