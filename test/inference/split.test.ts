import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Route } from '../../contracts/route-item.ts';
import { challengerAsked, placeOf } from '../../functions/inference/domain/split.ts';
import { servableOf } from './fixtures.ts';

type Split = Pick<Route, 'challenger' | 'weight' | 'rivals' | 'salt'>;

const withRivals = (weight: number, rivals: readonly number[], salt = 'rol_1'): Split => ({
  challenger: servableOf('worse'),
  weight,
  ...(rivals.length === 0 ? {} : { rivals: rivals.map((one) => ({ servable: servableOf('worse'), weight: one })) }),
  salt,
});
const weightsOf = ({ weight, rivals = [] }: Split): number[] => [weight, ...rivals.map((rival) => rival.weight)];
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

describe('the version that a request asks', () => {
  const challenged = 0;
  const shares = fc.tuple(weight, weight, weight).map((weights) => {
    const whole = Math.max(10_000, weights[0] + weights[1] + weights[2]);
    return weights.map((one) => Math.floor((one * 10_000) / whole)) as [number, number, number];
  });

  test('is one that the route names', () => {
    fc.assert(
      fc.property(text, shares, fc.nat({ max: 2 }), (subject, [first, ...others], count) => {
        const route = withRivals(first, others.slice(0, count));
        const asked = challengerAsked(route, subject, never);
        return asked === undefined || (asked >= 0 && asked <= count && weightsOf(route)[asked] !== 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('is the challenger for good while its weight grows, whatever the rivals have', () => {
    fc.assert(
      fc.property(text, shares, shares, (subject, a, b) => {
        const [less, more] = a[0] <= b[0] ? [a, b] : [b, a];
        const before = challengerAsked(withRivals(less[0], less.slice(1)), subject, never);
        return (
          before !== challenged || challengerAsked(withRivals(more[0], more.slice(1)), subject, never) === challenged
        );
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [1, []],
    [500, []],
    [5000, []],
    [2500, [1000]],
    [200, [4000, 300]],
    [0, [100, 9900]],
  ])('has its share of subjects: %d, %j', (share, others) => {
    const route = withRivals(share, others);
    const counts = new Map<number | undefined, number>();
    for (let index = 0; index < 100_000; index += 1) {
      const asked = challengerAsked(route, `patient-${index}`, never);
      counts.set(asked, (counts.get(asked) ?? 0) + 1);
    }
    for (const [index, expected] of weightsOf(route).entries()) {
      expect(Math.abs((counts.get(index) ?? 0) - expected * 10)).toBeLessThanOrEqual(5 * Math.sqrt(expected * 10));
    }
  });

  test('is drawn for a request without a subject', () => {
    const drawn = (place: number) => challengerAsked(withRivals(500, [300, 200]), undefined, () => place);
    expect([0, 0.0499, 0.05, 0.0799, 0.08, 0.0999].map(drawn)).toEqual([0, 0, 1, 1, 2, 2]);
    expect([0.1, 0.9999].map(drawn)).toEqual([undefined, undefined]);
  });

  test('is the champion for everyone at weight 0 and without a challenger, the challenger for everyone at 10,000', () => {
    fc.assert(
      fc.property(text, (subject) => {
        const alone = { weight: 0, salt: 'rol_1' };
        return (
          challengerAsked(withRivals(0, []), subject, never) === undefined &&
          challengerAsked(alone, subject, never) === undefined &&
          challengerAsked(withRivals(0, [0, 0]), subject, never) === undefined &&
          challengerAsked(withRivals(10_000, []), subject, never) === challenged
        );
      }),
    );
  });
});
