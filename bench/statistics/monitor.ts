import type { PeerAnalysis } from './analysis.ts';
import { createBoundary } from './methods/peer.ts';
import type { Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';
import type { Outcomes } from './world.ts';

/** When something was decided in one rollout. */
export interface Stop {
  /** Of the figure. */
  readonly name: string;
  /** Outcomes predicted until then; infinite when never. */
  at: number;
  /** Outcomes of the challenger that had entered the evidence; infinite when never. */
  challengers: number;
}

/** Watches rollouts, one after the other, until all that it waits for has been decided. */
export interface Monitor {
  readonly stops: readonly Stop[];
  /** Forgets the rollout before. */
  readonly begin: () => void;
  /**
   * One more outcome has entered the evidence.
   * @param tally - with it
   * @param clock - outcomes predicted until now
   */
  readonly observe: (outcomes: Outcomes, position: number, tally: Tally, clock: number) => void;
  readonly isDone: () => boolean;
}

export const createStop = (name: string): Stop => ({
  name,
  at: Number.POSITIVE_INFINITY,
  challengers: Number.POSITIVE_INFINITY,
});

export const forget = (stop: Stop): void => {
  stop.at = Number.POSITIVE_INFINITY;
  stop.challengers = Number.POSITIVE_INFINITY;
};

/** Looks at the totals whenever their number is a multiple of the cadence. */
export const createPeerMonitor = (peer: PeerAnalysis, scenario: Scenario): Monitor => {
  const { every, burnIn = 1 } = peer;
  const isBeyond = createBoundary(peer, scenario);
  const stop = createStop(peer.name);
  return {
    stops: [stop],
    begin: () => forget(stop),
    observe: (_, __, tally, clock) => {
      const { champion, challenger } = tally;
      if (stop.at < Number.POSITIVE_INFINITY || challenger.outcomes < burnIn || champion.outcomes === 0) return;
      if ((champion.outcomes + challenger.outcomes) % every !== 0 || !isBeyond(tally)) return;
      stop.at = clock;
      stop.challengers = challenger.outcomes;
    },
    isDone: () => stop.at < Number.POSITIVE_INFINITY,
  };
};
