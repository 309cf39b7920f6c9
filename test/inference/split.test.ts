import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Arm } from '../../contracts/inference.ts';
import type { Route } from '../../contracts/route-item.ts';
import { armOf, placeOf } from '../../functions/inference/domain/split.ts';
import { servableOf } from './fixtures.ts';

const challenger = servableOf('worse');
const routeOf = (weight: number, salt = 'rol_1'): Pick<Route, 'challenger' | 'weight' | 'salt'> => ({
  challenger,
  weight,
  salt,
});
const never = (): number => {
  throw new Error('a request with a subject is not drawn');
};
const weight = fc.integer({ min: 0, max: 10_000 });
const text = fc.string({ unit: 'binary', maxLength: 40 });

const families: Record<string, (index: number) => string> = {
  'running numbers': (index) => String(index),
  'padded numbers': (index) => `patient-${String(index).padStart(8, '0')}`,
  'record numbers that differ at the front': (index) => `${index}-clinic-7`,
  'ids of one millisecond': (index) => `01J9Z3ABCD${index.toString(32).toUpperCase().padStart(16, '0')}`,
};

/** χ² of places counted in 100 equal bins. */
const chiSquare = (places: readonly number[]): number => {
  const counts = new Array<number>(100).fill(0);
  for (const place of places) counts[Math.floor(place / 100)] = (counts[Math.floor(place / 100)] ?? 0) + 1;
  const expected = places.length / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
};

/** The 1 − 1e-6 quantile of χ² with 99 degrees of freedom. */
const tooFar = 178;

describe("a subject's place", () => {
  test('is one of 10,000, always the same', () => {
    fc.assert(
      fc.property(text, text, (salt, subject) => {
        const place = placeOf(salt, subject);
        return Number.isInteger(place) && place >= 0 && place < 10_000 && placeOf(salt, subject) === place;
      }),
    );
  });

  test.each(Object.keys(families))('is spread evenly over %s', (name) => {
    const places = Array.from({ length: 50_000 }, (_, index) => placeOf('rol_1', families[name]?.(index) ?? ''));
    expect(chiSquare(places)).toBeLessThan(tooFar);
  });

  test('under one salt says nothing of that under another', () => {
    const subjects = Array.from({ length: 50_000 }, (_, index) => `patient-${index}`);
    const chosen = subjects.filter((subject) => placeOf('rol_1', subject) < 500);
    expect(chiSquare(chosen.map((subject) => placeOf('rol_2', subject)))).toBeLessThan(tooFar);
  });
});

describe('the arm of a request', () => {
  test('is kept by a subject while the weight grows', () => {
    fc.assert(
      fc.property(text, weight, weight, (subject, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const before = armOf(routeOf(less), subject, never);
        return before === Arm.Champion || armOf(routeOf(more), subject, never) === Arm.Challenger;
      }),
    );
  });

  test.each([1, 500, 2500, 5000])('is the challenger for a share of %d in 10,000 subjects', (share) => {
    const subjects = Array.from({ length: 100_000 }, (_, index) => `patient-${index}`);
    const chosen = subjects.filter((subject) => armOf(routeOf(share), subject, never) === Arm.Challenger).length;
    const [expected, deviation] = [share * 10, Math.sqrt(share * 10)];
    expect(Math.abs(chosen - expected)).toBeLessThan(5 * deviation);
  });

  test('is drawn for a request without a subject', () => {
    expect(armOf(routeOf(500), undefined, () => 0.0499)).toBe(Arm.Challenger);
    expect(armOf(routeOf(500), undefined, () => 0.05)).toBe(Arm.Champion);
  });

  test('is the champion for everyone at weight 0 and without a challenger, the challenger for everyone at 10,000', () => {
    fc.assert(
      fc.property(text, (subject) => {
        const alone = { weight: 0, salt: 'rol_1' };
        return (
          armOf(routeOf(0), subject, never) === Arm.Champion &&
          armOf(alone, subject, never) === Arm.Champion &&
          armOf(routeOf(10_000), subject, never) === Arm.Challenger
        );
      }),
    );
  });
});
