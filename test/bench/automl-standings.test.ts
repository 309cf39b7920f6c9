import { describe, expect, test } from '@jest/globals';
import { overTables, placesOf, standingOf } from '../../bench/automl/standings.ts';

const baseline = 0;

describe('places on one table', () => {
  test('ranks the highest first where more is better, and measures the way from the baseline to the best', () => {
    const places = placesOf([0.5, 0.8, 0.9, 0.7], baseline, true);

    expect(places.map(({ rank }) => rank)).toEqual([4, 2, 1, 3]);
    expect(places.map(({ way }) => way)).toEqual([0, expect.closeTo(0.75), 1, expect.closeTo(0.5)]);
  });

  test('ranks the lowest first where less is better; worse than the baseline is a negative way, to -1', () => {
    const places = placesOf([10, 6, 8, 12, 100], baseline, false);

    expect(places.map(({ rank }) => rank)).toEqual([3, 1, 2, 4, 5]);
    expect(places.map(({ way }) => way)).toEqual([0, 1, 0.5, -0.5, -1]);
  });

  test('gives equals the mean of their ranks', () => {
    const ranks = placesOf([0.5, 0.9, 0.9, 0.7], baseline, true).map(({ rank }) => rank);

    expect(ranks).toEqual([4, 1.5, 1.5, 3]);
  });

  test('puts who failed last, below the baseline, and lets them share it', () => {
    const places = placesOf([0.5, undefined, 0.9, undefined], baseline, true);

    expect(places.map(({ rank }) => rank)).toEqual([2, 3.5, 1, 3.5]);
    expect(places.map(({ way }) => way)).toEqual([0, 0, 1, 0]);
  });

  test('knows no way where nobody is better than the baseline', () => {
    const ways = placesOf([1, 2, 3], baseline, false).map(({ way }) => way);

    expect(ways).toEqual([0, 0, 0]);
  });
});

describe('standings over tables', () => {
  test('are means, and count the tables on which nobody else was as good', () => {
    const standing = standingOf([
      { rank: 1, way: 1 },
      { rank: 3, way: 0.4 },
      { rank: 2.5, way: 0.1 },
    ]);

    expect(standing).toEqual({ rank: expect.closeTo(6.5 / 3), way: 0.5, firsts: 1 });
  });

  test('have an interval that narrows with the spread of the tables, the same for the same seed', () => {
    const wide = overTables([0, 0, 1, 1, 0, 1], 1);
    const narrow = overTables([0.4, 0.5, 0.6, 0.5, 0.4, 0.6], 1);

    expect(wide.value).toBe(0.5);
    expect(wide.low).toBeLessThan(0.2);
    expect(wide.high).toBeGreaterThan(0.8);
    expect(narrow.high - narrow.low).toBeLessThan(0.2);
    expect(overTables([0, 0, 1, 1, 0, 1], 1)).toEqual(wide);
  });
});
