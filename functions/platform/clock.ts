/** Tells the time; passed in wherever time matters, so that a test can set it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601, UTC, with milliseconds. */
export const timestamp = (clock: Clock): string => new Date(clock.now()).toISOString();
