import type { Log } from '../../local/log.ts';
import { type Table, trainOn } from './program.ts';

/** Seconds of the same trainings, round by round. */
export interface Sharing {
  readonly alone: readonly number[];
  /** The slower of two that run at once, on the same two cores. */
  readonly together: readonly number[];
}

/** Work that is the same each time: so many trials of all families, however long they take. */
const work = (trials: number) => ({ seconds: 3600, trials, pruning: false, folds: 3 });

/** Trains alone and two at once, in turn, on the same two cores. */
export const measureSharing = async (table: Table, rounds: number, trials: number, log: Log): Promise<Sharing> => {
  const alone: number[] = [];
  const together: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    log(`two trainings at once, round ${round} of ${rounds}`);
    alone.push((await trainOn(table, work(trials))).seconds);
    const both = await Promise.all([trainOn(table, work(trials)), trainOn(table, work(trials))]);
    together.push(Math.max(...both.map(({ seconds }) => seconds)));
  }
  return { alone, together };
};
