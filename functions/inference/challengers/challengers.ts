import type { Servable } from '../../../contracts/route-item.ts';
import type { Tensors } from '../onnx-session.ts';
import { JobList } from './jobs.ts';
import type { Reply } from './messages.ts';
import { type ChallengerResult, Fault } from './result.ts';
import { openThread, type StartThread, type Thread } from './thread.ts';
import { WantedVersion } from './version.ts';

/** One version, asked off the main thread. */
export interface Challenger {
  /** Asks it now. The promise never rejects, and is kept within the version's timeout. */
  ask(tensors: Tensors): Promise<ChallengerResult>;
  /**
   * Asks it when there is time, for nobody who waits.
   *
   * @returns undefined where the thread has too much to do: the request is dropped
   */
  shadow(tensors: Tensors): Promise<ChallengerResult> | undefined;
}

/** All challengers and rivals that this process knows, in one thread, which is there while any of them is. */
export interface Challengers {
  /**
   * Says which versions a model's route has beside the champion, each time that the route is read.
   *
   * @param name - of the model, with its tenant
   * @param timeout - ms within which each has to answer
   * @returns one for each of `servables`, in their order
   */
  want(name: string, tenant: string, servables: readonly Servable[], timeout: number): Challenger[];
  /** The model is no longer looked after. */
  forget(name: string): void;
}

export interface ChallengersOptions {
  readonly startThread: StartThread;
  /** ms. */
  readonly stopwatch: () => number;
  readonly onError: (what: string, error: unknown) => void;
}

/** Threads that were released and are still at something; beyond them no new one is started. */
const maximumLeaving = 2;
/** Shadow requests that wait at a time. */
const maximumShadows = 4;
/** ms before which a run is late, and no run that hangs, however short its time-out. */
const shortestHang = 1000;
/** ms of the processor after which a load is one that hangs. */
const longestLoad = 10_000;
/** ms by which a timer may come too early. */
const earliness = 2;

const hangLimitOf = ({ timeout }: WantedVersion): number => Math.max(timeout, shortestHang);

export const openChallengers = ({ startThread, stopwatch, onError }: ChallengersOptions): Challengers => {
  /** By model, then by version. */
  const wanted = new Map<string, Map<string, WantedVersion>>();
  const jobs = new JobList(stopwatch);
  const leaving = new Set<Thread>();
  let numbers = 0;
  let present: Thread | undefined;

  const all = (): WantedVersion[] => [...wanted.values()].flatMap((ofModel) => [...ofModel.values()]);
  const find = (number: number): WantedVersion | undefined => all().find((version) => version.number === number);

  /** Whom a thread is busy with: the version that it runs; between runs those that it loads or was sent requests of. */
  const busyWith = (thread: Thread): WantedVersion[] => {
    const running = thread.running();
    if (running !== 0) return all().filter(({ number }) => number === running);
    return all().filter((version) => version.isLoading || jobs.has(version));
  };

  const releaseThread = (thread: Thread): void => {
    thread.release();
    leaving.add(thread);
    present = undefined;
  };

  /** Who brought a thread down rests; everybody else is loaded into the next one. */
  const replaceThread = (culprits: readonly WantedVersion[], fault: Fault): void => {
    for (const version of all()) version.leaveMemory();
    for (const culprit of culprits) culprit.rest(stopwatch());
    jobs.failAll((version) => (culprits.includes(version) ? fault : Fault.Unready));
    loadWanted();
  };

  const giveUp = (thread: Thread): void => {
    const culprits = busyWith(thread);
    const versions = culprits.map(({ servable }) => servable.version).join(' and ');
    onError(`the challenger ${versions} hangs`, new Error('Expected an answer in time, got none. It rests.'));
    releaseThread(thread);
    replaceThread(culprits, Fault.TimedOut);
  };

  const takeReply = (reply: Reply): void => {
    if (reply.did !== 'load' && reply.did !== 'refuse') {
      jobs.take(reply);
      return;
    }
    // No route may have it any more.
    const version = find(reply.version);
    if (reply.did === 'load') version?.becomeReady();
    else if (version !== undefined) {
      version.refuse();
      onError(`the challenger ${version.servable.version} cannot be loaded`, new Error(reply.reason));
    }
  };

  const beginThread = (): Thread => {
    const thread: Thread = openThread(startThread, stopwatch, {
      onReply: (reply) => {
        if (thread === present) takeReply(reply);
      },
      onSilence: ({ processor }) => {
        const running = find(thread.running());
        const limit = running === undefined ? longestLoad : hangLimitOf(running);
        // Threads that are leaving use the processor too; none of them more than its share.
        if (thread === present && processor >= limit * (1 + leaving.size)) giveUp(thread);
      },
      onEnd: (error) => {
        if (error !== undefined) onError('the thread for challengers ended', error);
        if (leaving.delete(thread)) {
          loadWanted();
          return;
        }
        present = undefined;
        replaceThread(busyWith(thread), Fault.Threw);
      },
    });
    return thread;
  };

  /** @returns undefined where there can be none now: that is no reason to leave a champion unloaded */
  const threadFor = (version: WantedVersion): Thread | undefined => {
    if (present === undefined && leaving.size >= maximumLeaving) return undefined;
    try {
      present ??= beginThread();
    } catch (error) {
      onError('no thread for challengers can be started', error);
      version.rest(stopwatch());
    }
    return present;
  };

  const loadWanted = (): void => {
    for (const version of all().filter((one) => one.mayLoad(stopwatch()))) {
      const thread = threadFor(version);
      if (thread === undefined) continue;
      version.beginLoading();
      thread.post({ do: 'load', version: version.number, tenant: version.tenant, servable: version.servable });
    }
  };

  const send = (version: WantedVersion, job: number, tensors: Tensors): void => {
    if (version.isBroken) jobs.fail(job, Fault.Missing);
    else if (present === undefined) jobs.fail(job, Fault.Unready);
    else present.post({ do: 'ask', version: version.number, job, tensors });
  };

  /** ms for which the thread has been running this version, and nothing else; 0: it runs another, or none. */
  const stuckFor = (version: WantedVersion): number =>
    present?.running() === version.number ? (present.silence()?.clock ?? 0) + earliness : 0;

  const timeOut = (version: WantedVersion, job: number): void => {
    const stuck = stuckFor(version);
    jobs.fail(job, stuck > 0 ? Fault.TimedOut : Fault.Unready);
    if (present !== undefined && stuck >= hangLimitOf(version)) giveUp(present);
  };

  const challengerOf = (version: WantedVersion): Challenger => ({
    ask: (tensors) => {
      const { job, result } = jobs.begin(version, false);
      // What waited behind a request that is late already would be late too.
      if (stuckFor(version) >= version.timeout) jobs.fail(job, Fault.Missing);
      else send(version, job, tensors);
      const timer = setTimeout(timeOut, version.timeout, version, job);
      return result.finally(() => clearTimeout(timer));
    },
    shadow: (tensors) => {
      if (jobs.shadows >= maximumShadows) return undefined;
      const { job, result } = jobs.begin(version, true);
      send(version, job, tensors);
      return result;
    },
  });

  const forget = (name: string): void => {
    wanted.delete(name);
    if (wanted.size > 0 || present === undefined) return;
    releaseThread(present);
    jobs.failAll(() => Fault.Unready);
  };

  return {
    forget,
    want: (name, tenant, servables, timeout) => {
      const before = wanted.get(name);
      const versions = new Map(
        servables.map((servable) => {
          const key = `${servable.version}/${servable.digest}/${timeout}`;
          numbers += 1;
          return [key, before?.get(key) ?? new WantedVersion(numbers, tenant, servable, timeout)];
        }),
      );
      if (versions.size === 0) forget(name);
      else wanted.set(name, versions);
      loadWanted();
      return [...versions.values()].map(challengerOf);
    },
  };
};
