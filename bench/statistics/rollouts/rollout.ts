import type { Stop } from '../monitor.ts';
import type { Random } from '../random.ts';

/** One simulated rollout after another. */
export interface Rollout {
  readonly stops: readonly Stop[];
  /** Simulates one; the stops then say what was decided in it, and when. */
  readonly run: (random: Random) => void;
}
