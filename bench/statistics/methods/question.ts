import { meanOf, type Tally, varianceOf } from '../tally.ts';

/** What a test is asked: is the difference of means, challenger's − champion's, beyond the boundary? */
export interface Question {
  /** 1: larger than the boundary, so promote. −1: smaller, so roll back. */
  readonly direction: 1 | -1;
  /** 0 for "better" or "worse", −margin for non-inferiority and for rollback. */
  readonly boundary: number;
}

/** Whether the totals so far answer the question with yes. Never asked before both arms have an outcome. */
export type Boundary = (tally: Tally) => boolean;

/** How far the difference lies on the asked side of the boundary; negative on the other side. */
export const excessOf = ({ champion, challenger }: Tally, { direction, boundary }: Question): number =>
  direction * (meanOf(challenger) - meanOf(champion) - boundary);

/** Variance of the difference of means, each arm with its own. */
export const separateVariance = ({ champion, challenger }: Tally): number =>
  varianceOf(champion) / champion.outcomes + varianceOf(challenger) / challenger.outcomes;

/** The same, as if both arms had one distribution. */
export const pooledVariance = ({ champion, challenger }: Tally): number => {
  const pooled = {
    outcomes: champion.outcomes + challenger.outcomes,
    sum: champion.sum + challenger.sum,
    squares: champion.squares + challenger.squares,
  };
  return varianceOf(pooled) * (1 / champion.outcomes + 1 / challenger.outcomes);
};
