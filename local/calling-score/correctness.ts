import type { RandomisedBlock } from '../../contracts/rollouts.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import type { Estimate } from '../../examples/calling-score/decisions.ts';

/** Mean reward of the units of one arm, as the platform counted them. */
export interface Measured extends Estimate {
  readonly units: number;
}

const reward = 'reward';

/**
 * Sums an arm's histograms over the blocks: bin i of n stands for a reward of i / (n − 1).
 *
 * @returns undefined where no unit of the arm was counted
 */
export const measure = (blocks: readonly RandomisedBlock[], arm: 'champion' | 'challenger'): Measured | undefined => {
  let units = 0;
  let sum = 0;
  let squares = 0;
  for (const block of blocks) {
    const bins = block[arm][reward] ?? [];
    for (const [bin, count] of bins.entries()) {
      const value = bin / (bins.length - 1);
      units += count;
      sum += count * value;
      squares += count * value * value;
    }
  }
  if (units === 0) return undefined;
  const mean = sum / units;
  return { units, mean, standardError: Math.sqrt((squares / units - mean * mean) / units) };
};

/**
 * Whether a decision leaves the right version serving: the one that serves afterwards must not be worth less than the
 * other by more than the margin.
 *
 * @param difference - the challenger's true value less the champion's
 */
export const isRight = (status: RolloutStatus, difference: number, margin: number): boolean =>
  status === RolloutStatus.Promoted ? difference >= -margin : difference <= margin;
