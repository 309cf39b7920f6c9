import { describe, expect, it } from '@jest/globals';
import { approximateDifference } from '../../../functions/rollouts/domain/randomised/interval.ts';

describe('the interval of the difference, for display', () => {
  it('is the weighted difference ± the half-width of the formula', () => {
    // I = 1000: √(1625 · (ln 2.6 + 2 ln 20)) / 1000 = 0.106249…, worked out by hand.
    const { estimate, interval } = approximateDifference({ information: 1000, weightedDifference: 20 });
    expect(estimate).toBe(0.02);
    expect(interval[0]).toBeCloseTo(0.02 - 0.10625, 4);
    expect(interval[1]).toBeCloseTo(0.02 + 0.10625, 4);
  });

  it('is all that a difference can be before the first block, and never more after it', () => {
    expect(approximateDifference({ information: 0, weightedDifference: 0 })).toEqual({
      estimate: null,
      interval: [-1, 1],
    });
    expect(approximateDifference({ information: 10, weightedDifference: 9 }).interval[1]).toBe(1);
  });

  it('narrows as the same difference goes on', () => {
    const widths = [100, 1000, 10_000].map((information) => {
      const { interval } = approximateDifference({ information, weightedDifference: information * 0.1 });
      return interval[1] - interval[0];
    });
    expect(widths).toEqual(widths.toSorted((one, other) => other - one));
  });
});
