import { type RouteState, routedBy } from './history.ts';

/** One request of an app, and what came of it. */
export interface Sent {
  readonly model: string;
  /** ms since 1970. */
  readonly sent: number;
  readonly received: number;
  /** The version that answered. */
  readonly version?: string;
  /** Why there was no answer. */
  readonly unserved?: string;
  /** Nothing came in time: it may have been served or not. */
  readonly unknown?: boolean;
}

export interface Checked {
  readonly sent: number;
  readonly answered: number;
  readonly unserved: readonly Sent[];
  readonly unknown: number;
  /** Answered by a version that was not routed at that time. */
  readonly misrouted: readonly Sent[];
  /** Answered while one version was routed and no other: those that say most. */
  readonly decisive: readonly Sent[];
}

/** Versions that were on the route at some moment between the reading that a function may still go by, and the answer. */
const routedIn = (states: readonly RouteState[], { sent, received }: Sent, timeToLive: number): Set<string> =>
  new Set(states.filter(({ from, until }) => from <= received && until >= sent - timeToLive).flatMap(routedBy));

/**
 * Holds every answer against the history of its model's route.
 *
 * @param timeToLive - ms for which a function answers by a route that it has read
 */
export const checkAnswers = (
  requests: readonly Sent[],
  histories: ReadonlyMap<string, readonly RouteState[]>,
  timeToLive: number,
): Checked => {
  const answered = requests.filter(({ version }) => version !== undefined);
  const judged = answered.map((request) => ({
    request,
    routed: routedIn(histories.get(request.model) ?? [], request, timeToLive),
  }));
  return {
    sent: requests.length,
    answered: answered.length,
    unserved: requests.filter(({ unserved }) => unserved !== undefined),
    unknown: requests.filter(({ unknown }) => unknown).length,
    misrouted: judged.filter(({ request, routed }) => !routed.has(request.version ?? '')).map(({ request }) => request),
    decisive: judged.filter(({ routed }) => routed.size === 1).map(({ request }) => request),
  };
};
