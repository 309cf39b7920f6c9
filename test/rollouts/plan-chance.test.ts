import { describe, expect, it } from '@jest/globals';
import { seeded } from '../../contracts/seeded.ts';
import { binomial } from '../../functions/rollouts/domain/plan/binomial.ts';
import { arrivals, blockSizes } from '../../functions/rollouts/domain/plan/source.ts';

describe('binomial draws', () => {
  it.each([
    [40, 0.05],
    [40, 0.5],
    [200, 0.9],
    [5000, 0.01],
    [5000, 0.3],
  ])('of %d tries at %d have the mean and the variance of a binomial', (count, probability) => {
    const random = seeded(count);
    const draws = Array.from({ length: 5000 }, () => binomial(count, probability, random));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    const expected = count * probability * (1 - probability);
    expect(Math.abs(mean - count * probability)).toBeLessThan(4 * Math.sqrt(expected / draws.length));
    expect(variance / expected).toBeGreaterThan(0.9);
    expect(variance / expected).toBeLessThan(1.1);
    expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw <= count)).toBe(true);
  });

  it('of what cannot or must happen need no chance', () => {
    const random = seeded(1);
    expect([binomial(50, 0, random), binomial(50, 1, random), binomial(0, 0.5, random)]).toEqual([0, 50, 0]);
  });
});

describe('what arrives', () => {
  it('is lost nowhere, however the time is cut', () => {
    const cuts = [0, 100, 7000, 7001, 50_000, 86_400 * 3];
    const parts = cuts.slice(1).map((until, index) => arrivals(143.7, cuts[index] ?? 0, until));
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(Math.floor(143.7 * 3));
  });

  it('comes in blocks that grow with what there is', () => {
    const sizes = blockSizes(10_000, 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000);
    expect(sizes.slice(0, 3)).toEqual([25, 25, 25]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(400);
  });
});
