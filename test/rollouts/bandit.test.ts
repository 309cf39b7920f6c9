import { describe, expect, it } from '@jest/globals';
import betaln from '@stdlib/math-base-special-betaln';
import fc from 'fast-check';
import { wholeWeight } from '../../contracts/weight.ts';
import { chancesOfBeingBest, type Earned, weightsOf } from '../../functions/rollouts/domain/bandit.ts';

const earned: fc.Arbitrary<Earned> = fc
  .record({ units: fc.integer({ min: 0, max: 100_000 }), mean: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ units, mean }) => ({ units, rewards: units * mean }));
const several = fc.array(earned, { minLength: 2, maxLength: 4 });
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * The chance that the second of two versions with binary rewards is the better one, in closed form: for whole parameters
 * Σ_{i<α₂} B(α₁ + i, β₁ + β₂) / ((β₂ + i) · B(1 + i, β₂) · B(α₁, β₁)). Source: Miller (2015), Formulas for Bayesian A/B
 * testing.
 */
const closedForm = (one: Earned, other: Earned): number => {
  const [a1, b1] = [1 + one.rewards, 1 + one.units - one.rewards];
  const [a2, b2] = [1 + other.rewards, 1 + other.units - other.rewards];
  return sumOf(
    Array.from({ length: a2 }, (_, i) =>
      Math.exp(betaln(a1 + i, b1 + b2) - Math.log(b2 + i) - betaln(1 + i, b2) - betaln(a1, b1)),
    ),
  );
};

describe('the chances of being best', () => {
  it('agree with the closed form for two versions', () => {
    for (const [units, one, other] of [
      [0, 0, 0],
      [10, 3, 7],
      [100, 52, 50],
      [500, 490, 495],
      [500, 0, 1],
    ] as const) {
      const given = [
        { units, rewards: one },
        { units, rewards: other },
      ] as const;
      expect(chancesOfBeingBest(given)[1]).toBeCloseTo(closedForm(...given), 3);
    }
  });

  it('are equal before anything is known', () => {
    for (const chance of chancesOfBeingBest(Array.from({ length: 4 }, () => ({ units: 0, rewards: 0 })))) {
      expect(chance).toBeCloseTo(0.25, 6);
    }
  });

  it('sum to 1, each within 0 and 1, however much is known', () => {
    fc.assert(
      fc.property(several, (given) => {
        const chances = chancesOfBeingBest(given);
        expect(sumOf(chances)).toBeCloseTo(1, 9);
        for (const chance of chances) {
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each([
    [
      { units: 48, rewards: 36 },
      { units: 28, rewards: 0 },
    ],
    [
      { units: 10, rewards: 10.000000000000002 },
      { units: 10, rewards: 5 },
    ],
  ])('are numbers, whatever rounding makes of the bounds: %o', (...earned) => {
    const sum = chancesOfBeingBest(earned).reduce((total, chance) => total + chance, 0);
    expect(sum).toBeCloseTo(1);
  });

  it('belong to the versions, whatever their order', () => {
    fc.assert(
      fc.property(several, (given) => {
        const backwards = chancesOfBeingBest([...given].reverse()).reverse();
        for (const [index, chance] of chancesOfBeingBest(given).entries()) {
          expect(chance).toBeCloseTo(backwards[index] ?? -1, 9);
        }
      }),
    );
  });

  it('rise with the rewards', () => {
    fc.assert(
      fc.property(earned, earned, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, share) => {
        const better = { ...one, rewards: one.rewards + share * (one.units - one.rewards) };
        const [before = 0] = chancesOfBeingBest([one, other]);
        const [after = 0] = chancesOfBeingBest([better, other]);
        expect(after).toBeGreaterThanOrEqual(before - 1e-6);
      }),
    );
  });

  it('come to certainty where the difference is large', () => {
    const [worse = 1] = chancesOfBeingBest([
      { units: 10_000, rewards: 4000 },
      { units: 10_000, rewards: 6000 },
    ]);
    expect(worse).toBeLessThan(1e-12);
  });
});

describe('the weights of a bandit', () => {
  const floors = fc.double({ min: 0, max: 20, noNaN: true });

  it('come to the whole exactly, in whole basis points, none below the floor', () => {
    fc.assert(
      fc.property(several, floors, (given, floor) => {
        const weights = weightsOf(chancesOfBeingBest(given), floor);
        expect(sumOf(weights)).toBe(wholeWeight);
        for (const weight of weights) {
          expect(Number.isInteger(weight)).toBe(true);
          expect(weight).toBeGreaterThanOrEqual(Math.round((floor / 100) * wholeWeight));
        }
      }),
    );
  });

  it('follow the chances', () => {
    expect(weightsOf([0.25, 0.75], 0)).toEqual([2500, 7500]);
    expect(weightsOf([0, 1], 2)).toEqual([200, 9800]);
  });
});
