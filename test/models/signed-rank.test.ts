import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signedRankAbove } from '../../functions/models/domain/wilcoxon.ts';

type Sample = [differences: number[], pValue: number];
const reference = JSON.parse(readFileSync(`${import.meta.dirname}/reference/signed-rank.json`, 'utf8')) as {
  readonly small: Sample[];
  readonly large: Sample[];
};
const difference = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ noNaN: true }));
const differences = fc.array(difference, { maxLength: 150 });

describe('the signed-rank test that differences tend to be above 0', () => {
  test.each(reference.small)('counts every way to give %j their signs', (given, pValue) => {
    expect(signedRankAbove(given)).toBeCloseTo(pValue, 12);
  });

  test.each(reference.large.map(([given, pValue]) => [given.length, pValue, given] as const))(
    'is normal for %d differences: p = %d',
    (_, pValue, given) => {
      expect(Math.abs(signedRankAbove(given) / pValue - 1)).toBeLessThan(1e-5);
    },
  );

  test('is the same on either side of the size from which on it is normal', () => {
    const given = Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? -1 : 1) * (index + 1));
    const [counted, normal] = [signedRankAbove(given), signedRankAbove([...given, 50.5])];
    expect(Math.abs(normal / counted - 1)).toBeLessThan(0.2);
  });

  test('gives a probability, whatever the differences, and whatever their order', () => {
    fc.assert(
      fc.property(differences, (given) => {
        const pValue = signedRankAbove(given);
        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(signedRankAbove(given.toReversed())).toBeCloseTo(pValue, 12);
      }),
    );
  });

  test('looks at ranks alone: another unit changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 }), (given) => {
        expect(signedRankAbove(given.map((value) => value ** 3))).toBe(signedRankAbove(given));
      }),
    );
  });

  test('grows more certain where a difference turns up', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 }), (given) => {
        const turned = given.map((value, index) => (index === 0 ? Math.abs(value) : value));
        expect(signedRankAbove(turned)).toBeLessThanOrEqual(signedRankAbove(given) + 1e-12);
      }),
    );
  });

  test('takes a failure, which is infinitely far from the truth, for the largest of all', () => {
    expect(signedRankAbove([Number.POSITIVE_INFINITY, -1, -2])).toBe(signedRankAbove([3, -1, -2]));
  });

  test('finds nothing where nothing differs', () => {
    expect(signedRankAbove([])).toBe(1);
    expect(signedRankAbove([0, 0, 0])).toBe(1);
  });
});
