import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  addHistograms,
  binOf,
  binSquares,
  binSum,
  countOf,
  emptyHistogram,
} from '../../../functions/rollouts/domain/randomised/histogram.ts';
import { within } from './arbitraries.ts';

describe('a bin', () => {
  it('is the value itself where the value is one of the points', () => {
    for (const uniform of [0, 0.5, 0.999]) {
      expect([0, 0.05, 0.5, 1].map((value) => binOf(value, 21, uniform))).toEqual([0, 1, 10, 20]);
      expect([0, 1].map((value) => binOf(value, 2, uniform))).toEqual([0, 1]);
    }
  });

  it('has the value for its mean', () =>
    fc.assert(
      fc.property(within(0, 1), fc.constantFrom(2, 21), (value, bins) => {
        const draws = 2000;
        const bin = (index: number) => binOf(value, bins, (index + 0.5) / draws) / (bins - 1);
        const mean = Array.from({ length: draws }, (_, index) => bin(index)).reduce((sum, y) => sum + y, 0) / draws;
        expect(Math.abs(mean - value)).toBeLessThanOrEqual(1 / draws);
      }),
    ));

  it('is never outside the histogram', () => {
    expect(binOf(1, 21, 0)).toBe(20);
    expect(binOf(1 - 1e-16, 21, 0)).toBe(20);
    expect(binOf(1e-300, 21, 0)).toBe(1);
  });
});

describe('a histogram', () => {
  it('keeps counts, sums and squares in whole bins', () => {
    const histogram = [3, 0, 2, 1];
    expect([countOf(histogram), binSum(histogram), binSquares(histogram)]).toEqual([6, 7, 17]);
    expect(addHistograms(histogram, [1, 1, 1, 1])).toEqual([4, 1, 3, 2]);
    expect(emptyHistogram(3)).toEqual([0, 0, 0]);
  });
});
