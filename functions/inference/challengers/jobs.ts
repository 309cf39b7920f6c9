import type { JobReply } from './messages.ts';
import { type ChallengerResult, Fault } from './result.ts';
import type { WantedVersion } from './version.ts';

interface Job {
  readonly version: WantedVersion;
  readonly isShadow: boolean;
  /** ms of the stopwatch. */
  readonly begunAt: number;
  readonly settle: (result: ChallengerResult) => void;
}

/** Requests under way to the thread. Each is settled once, by the first that comes: a reply, a time-out, a thread's end. */
export class JobList {
  readonly #stopwatch: () => number;
  readonly #jobs = new Map<number, Job>();
  #last = 0;

  constructor(stopwatch: () => number) {
    this.#stopwatch = stopwatch;
  }

  get shadows(): number {
    return this.#jobs.values().reduce((count, { isShadow }) => count + Number(isShadow), 0);
  }

  has(version: WantedVersion): boolean {
    return this.#jobs.values().some((job) => job.version === version);
  }

  begin(version: WantedVersion, isShadow: boolean): { job: number; result: Promise<ChallengerResult> } {
    this.#last += 1;
    const { promise, resolve } = Promise.withResolvers<ChallengerResult>();
    this.#jobs.set(this.#last, { version, isShadow, begunAt: this.#stopwatch(), settle: resolve });
    return { job: this.#last, result: promise };
  }

  /** What comes for a job that is settled comes too late, and is nothing. */
  take(reply: JobReply): void {
    if (reply.did === 'miss') this.leaveUnasked(reply.job);
    else if (reply.did === 'fail') this.#settle(reply.job, { fault: reply.fault }, reply.milliseconds);
    else this.#settle(reply.job, { answer: reply.answer }, reply.milliseconds);
  }

  fail(job: number, fault: Fault): void {
    this.#settle(job, { fault });
  }

  failOf(versions: readonly WantedVersion[], fault: Fault): void {
    for (const [job, { version }] of this.#jobs) if (versions.includes(version)) this.fail(job, fault);
  }

  /** Its version cannot be asked for it. */
  leaveUnasked(job: number): void {
    const version = this.#jobs.get(job)?.version;
    if (version !== undefined) this.fail(job, version.faultWhenUnasked(this.#stopwatch()));
  }

  leaveAllUnasked(): void {
    for (const job of this.#jobs.keys()) this.leaveUnasked(job);
  }

  /** @param processor - ms that the thread was at it: who does not wait has no other measure while a sandbox freezes */
  #settle(number: number, result: Omit<ChallengerResult, 'milliseconds'>, processor?: number): void {
    const job = this.#jobs.get(number);
    if (job === undefined) return;
    this.#jobs.delete(number);
    if (!job.isShadow) {
      job.settle({ ...result, milliseconds: this.#stopwatch() - job.begunAt });
      return;
    }
    const { timeout } = job.version;
    const milliseconds = processor ?? (result.fault === Fault.TimedOut ? timeout : 0);
    // Nobody waited; whoever had would not have got this answer.
    job.settle({ ...(milliseconds > timeout ? { fault: Fault.TimedOut } : result), milliseconds });
  }
}
