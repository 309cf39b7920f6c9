import type { Random } from '../demo/random.ts';

/** One message about how an answer proved to be. */
export interface RewardReport {
  readonly reward: number;
  readonly correction: boolean;
  /** Seconds after the answer, or after the report before it was taken, at which it is sent. */
  readonly after: number;
}

const repeatedShare = 0.05;
const correctedShare = 0.03;
/** Seconds from a report to its repetition or correction. */
const secondThoughts = 0.5;

/**
 * The messages that one answer's outcome makes, in their order: mostly one; some are sent twice, as apps do that got no
 * answer; and of those of real calls some are wrong at first and corrected.
 *
 * @param delay - seconds until the outcome is known
 */
export const reportsOf = (random: Random, reward: number, delay: number, called: boolean): RewardReport[] => {
  const chance = random.next();
  const right = { reward, correction: false, after: delay };
  if (chance < repeatedShare) return [right, { ...right, after: secondThoughts }];
  if (called && chance < repeatedShare + correctedShare) {
    return [
      { ...right, reward: 1 - reward },
      { reward, correction: true, after: secondThoughts },
    ];
  }
  return [right];
};
