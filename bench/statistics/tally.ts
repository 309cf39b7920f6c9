/** Running totals of one arm. */
export interface ArmTotals {
  outcomes: number;
  sum: number;
  squares: number;
}

/** What a test that adds everything up knows: it sees neither stages nor order. */
export interface Tally {
  readonly champion: ArmTotals;
  readonly challenger: ArmTotals;
}

const none = (): ArmTotals => ({ outcomes: 0, sum: 0, squares: 0 });

export const emptyTally = (): Tally => ({ champion: none(), challenger: none() });

/** @param value in [0, 1] */
export const addTo = (totals: ArmTotals, value: number): void => {
  totals.outcomes += 1;
  totals.sum += value;
  totals.squares += value * value;
};

/** NaN without outcomes. */
export const meanOf = ({ outcomes, sum }: ArmTotals): number => sum / outcomes;

/** Mean squared distance from the mean; of zeros and ones p(1 − p). NaN without outcomes. */
export const varianceOf = ({ outcomes, sum, squares }: ArmTotals): number => {
  const mean = sum / outcomes;
  return Math.max(0, squares / outcomes - mean * mean);
};
