import type { Servable } from '../../../contracts/route-item.ts';
import type { Tensors } from '../onnx-session.ts';
import { JobList } from './jobs.ts';
import { PresentThread } from './present-thread.ts';
import { type ChallengerResult, Fault } from './result.ts';
import type { StartThread } from './thread.ts';
import type { WantedVersion } from './version.ts';
import { WantedVersions } from './wanted-versions.ts';

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

/** Shadow requests that wait at a time. */
const maximumShadows = 4;

export const openChallengers = ({ startThread, stopwatch, onError }: ChallengersOptions): Challengers => {
  const wanted = new WantedVersions(stopwatch);
  const jobs = new JobList(stopwatch);
  const thread = new PresentThread({ startThread, stopwatch, onError, wanted, jobs });

  const send = (version: WantedVersion, job: number, tensors: Tensors): void => {
    if (version.isBroken) jobs.fail(job, Fault.Missing);
    else if (!thread.post({ do: 'ask', version: version.number, job, tensors })) jobs.leaveUnasked(job);
  };

  const timeOut = (version: WantedVersion, job: number): void => {
    const stuck = thread.stuckFor(version);
    if (stuck > 0) jobs.fail(job, Fault.TimedOut);
    else jobs.leaveUnasked(job);
    if (stuck >= version.hangLimit) thread.giveUp();
  };

  const challengerOf = (version: WantedVersion): Challenger => ({
    ask: (tensors) => {
      const { job, result } = jobs.begin(version, false);
      // What waited behind a request that is late already would be late too.
      if (thread.stuckFor(version) >= version.timeout) jobs.fail(job, Fault.Missing);
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
    wanted.forget(name);
    if (wanted.areNone) thread.release();
  };

  return {
    forget,
    want: (name, tenant, servables, timeout) => {
      const versions = wanted.replace(name, tenant, servables, timeout);
      if (versions.length === 0) forget(name);
      thread.loadWanted();
      return versions.map(challengerOf);
    },
  };
};
