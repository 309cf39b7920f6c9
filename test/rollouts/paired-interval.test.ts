import { describe, expect, it } from '@jest/globals';
import { pairedInterval } from '../../functions/rollouts/domain/paired-interval.ts';

describe('the interval of the difference, for display', () => {
  it('is the mean ± the half-width of the formula', () => {
    // v = 12/120, I = 1000, √(1625 · (ln 2.6 + 2 ln 20)) / 1000 = 0.106249…, worked out by hand.
    const [low, high] = pairedInterval({ both: 80, championOnly: 4, challengerOnly: 6, neither: 10 });
    expect(low).toBeCloseTo(0.02 - 0.10625, 4);
    expect(high).toBeCloseTo(0.02 + 0.10625, 4);
  });

  it('is all that a difference can be without pairs, and never more with few', () => {
    expect(pairedInterval({ both: 0, championOnly: 0, challengerOnly: 0, neither: 0 })).toEqual([-1, 1]);
    expect(pairedInterval({ both: 0, championOnly: 0, challengerOnly: 3, neither: 0 })[1]).toBe(1);
  });

  it('narrows as the same mix of pairs goes on', () => {
    const widths = [1, 10, 100].map((times) => {
      const [low, high] = pairedInterval({
        both: 90 * times,
        championOnly: 5 * times,
        challengerOnly: 5 * times,
        neither: 0,
      });
      return high - low;
    });
    expect(widths).toEqual([...widths].sort((one, other) => other - one));
  });
});
