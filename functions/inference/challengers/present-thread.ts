import type { JobList } from './jobs.ts';
import type { Reply, Request } from './messages.ts';
import { Fault } from './result.ts';
import { openThread, type Silence, type StartThread, type Thread } from './thread.ts';
import type { WantedVersion } from './version.ts';
import type { WantedVersions } from './wanted-versions.ts';

export interface PresentThreadOptions {
  readonly startThread: StartThread;
  /** ms. */
  readonly stopwatch: () => number;
  readonly onError: (what: string, error: unknown) => void;
  readonly wanted: WantedVersions;
  readonly jobs: JobList;
}

/** Threads that were released and are still at something; beyond them no new one is started. */
const maximumLeaving = 2;
/** ms of the processor after which a load is one that hangs. */
const longestLoad = 10_000;
/** ms by which a timer may come too early. */
const earliness = 2;

/** The one thread that versions are asked in: begun when one is wanted, replaced when it hangs or crashes. */
export class PresentThread {
  readonly #options: PresentThreadOptions;
  readonly #leaving = new Set<Thread>();
  /** Undefined where nothing is wanted, and where there can be none now. */
  #thread: Thread | undefined;

  constructor(options: PresentThreadOptions) {
    this.#options = options;
  }

  /** @returns false where there is none now */
  post(request: Request): boolean {
    this.#thread?.post(request);
    return this.#thread !== undefined;
  }

  /** Loads what is wanted and may be loaded now; begins a thread for it where there is none. */
  loadWanted(): void {
    const { wanted, stopwatch } = this.#options;
    for (const version of wanted.all().filter((one) => one.mayLoad(stopwatch()))) {
      const thread = this.#threadFor(version);
      if (thread === undefined) continue;
      version.beginLoading();
      thread.post({ do: 'load', version: version.number, tenant: version.tenant, servable: version.servable });
    }
  }

  /** ms for which it has been running this version, and nothing else; 0: it runs another, or none. */
  stuckFor(version: WantedVersion): number {
    if (this.#thread?.running() !== version.number) return 0;
    return (this.#thread.silence()?.clock ?? 0) + earliness;
  }

  /** Replaces it, because it hangs. */
  giveUp(): void {
    const thread = this.#thread;
    if (thread === undefined) return;
    const culprits = this.#busyWith(thread);
    const versions = culprits.map(({ servable }) => servable.version).join(' and ');
    // One that is loaded again, for a request that nobody waits for any more, is not known to be at fault.
    const who = culprits.length === 0 ? 'thread for challengers' : `challenger ${versions}`;
    this.#options.onError(`the ${who} hangs`, new Error('Expected an answer in time, got none. It rests.'));
    this.#release(thread);
    this.#replace(culprits, Fault.TimedOut);
  }

  /** Lets it go: nothing is wanted any more. */
  release(): void {
    if (this.#thread === undefined) return;
    this.#release(this.#thread);
    this.#options.jobs.leaveAllUnasked();
  }

  /** @returns undefined where there can be none now: that is no reason to leave a champion unloaded */
  #threadFor(version: WantedVersion): Thread | undefined {
    if (this.#thread === undefined && this.#leaving.size >= maximumLeaving) return undefined;
    try {
      this.#thread ??= this.#begin();
    } catch (error) {
      this.#options.onError('no thread for challengers can be started', error);
      version.rest(this.#options.stopwatch());
    }
    return this.#thread;
  }

  #begin(): Thread {
    const { startThread, stopwatch } = this.#options;
    const thread: Thread = openThread(startThread, stopwatch, {
      onReply: (reply) => {
        if (thread === this.#thread) this.#take(reply);
      },
      onSilence: (silence) => {
        if (thread === this.#thread) this.#watch(thread, silence);
      },
      onEnd: (error) => this.#end(thread, error),
    });
    return thread;
  }

  #take(reply: Reply): void {
    const { wanted, jobs } = this.#options;
    if (reply.did === 'load') wanted.find(reply.version)?.becomeReady();
    else if (reply.did === 'refuse') this.#refuse(wanted.find(reply.version), reply.reason);
    else {
      if (reply.did === 'miss') this.#miss(wanted.find(reply.version), reply.reason);
      jobs.take(reply);
    }
  }

  /** @param version - undefined: no route has it any more */
  #refuse(version: WantedVersion | undefined, reason: string): void {
    if (version === undefined) return;
    version.refuse();
    this.#options.onError(`the challenger ${version.servable.version} cannot be loaded`, new Error(reason));
  }

  /** Of one that was never ready its first load tells; of one that was, the first of the requests that miss it. */
  #miss(version: WantedVersion | undefined, reason: string): void {
    if (version?.isReady === true) this.#refuse(version, reason);
  }

  #watch(thread: Thread, { processor }: Silence): void {
    const limit = this.#options.wanted.find(thread.running())?.hangLimit ?? longestLoad;
    // Threads that are leaving use the processor too; none of them more than its share.
    if (processor >= limit * (1 + this.#leaving.size)) this.giveUp();
  }

  #end(thread: Thread, error: Error | undefined): void {
    if (error !== undefined) this.#options.onError('the thread for challengers ended', error);
    if (this.#leaving.delete(thread)) {
      this.loadWanted();
      return;
    }
    this.#thread = undefined;
    this.#replace(this.#busyWith(thread), Fault.Threw);
  }

  #release(thread: Thread): void {
    thread.release();
    this.#leaving.add(thread);
    this.#thread = undefined;
  }

  /** Who brought a thread down rests; everybody else is loaded into the next one. */
  #replace(culprits: readonly WantedVersion[], fault: Fault): void {
    const { wanted, jobs, stopwatch } = this.#options;
    for (const version of wanted.all()) version.leaveMemory();
    for (const culprit of culprits) culprit.rest(stopwatch());
    jobs.failOf(culprits, fault);
    jobs.leaveAllUnasked();
    this.loadWanted();
  }

  /** Whom it is busy with: the version that it runs; between runs those that it loads or was sent requests of. */
  #busyWith(thread: Thread): WantedVersion[] {
    const { wanted, jobs } = this.#options;
    const running = thread.running();
    if (running !== 0) return wanted.all().filter(({ number }) => number === running);
    return wanted.all().filter((version) => version.isLoading || jobs.has(version));
  }
}
