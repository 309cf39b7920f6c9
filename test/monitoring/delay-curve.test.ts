import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ageAt, type Cohort, estimateDelays, shareBy } from '../../functions/monitoring/domain/delay-curve.ts';

const edges = [1, 2, 4, 8, 16, 32, 64];
const now = Date.parse('2026-03-01T00:00:00.000Z');

/** The same for everybody: mulberry32. */
const dice = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const binned = (delays: readonly number[]): number[] =>
  edges.map((edge, index) => delays.filter((delay) => delay <= edge && delay > (edges[index - 1] ?? -1)).length);

/** Labels of predictions made `age` seconds ago, as far as they have come by now. */
const cohortOf = (age: number, delays: readonly number[]): Cohort => ({
  until: now - age * 1000,
  delays: binned(delays.filter((delay) => delay <= age)),
});

/** Exponential delays with this mean, none beyond the last edge. */
const drawDelay = (mean: number, random: () => number): number => {
  const last = edges.at(-1) ?? 0;
  for (;;) {
    const delay = -mean * Math.log(1 - random());
    if (delay <= last) return delay;
  }
};
const truth = (mean: number, seconds: number): number =>
  (1 - Math.exp(-seconds / mean)) / (1 - Math.exp(-(edges.at(-1) ?? 0) / mean));

describe('the learnt delay curve', () => {
  it('of complete data is the share that came by each age', () => {
    const complete = fc.array(fc.double({ min: 0.001, max: 64, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(complete, { minLength: 1, maxLength: 6 }), (cohorts) => {
        const all = cohorts.flat();
        const curve = estimateDelays(
          cohorts.map((delays) => cohortOf(1000, delays)),
          edges,
          now,
        );
        expect(curve.map(({ seconds }) => seconds)).toEqual(edges);
        for (const { seconds, share } of curve) {
          expect(share).toBeCloseTo(all.filter((delay) => delay <= seconds).length / all.length, 10);
        }
      }),
    );
  });

  it('rises from 0 to 1, whatever has come', () => {
    const cohort = fc.record({
      until: fc.integer({ min: now - 100_000, max: now }),
      delays: fc.array(fc.nat(50), { minLength: edges.length, maxLength: edges.length }),
    });
    fc.assert(
      fc.property(fc.array(cohort, { maxLength: 20 }), (cohorts) => {
        const curve = estimateDelays(cohorts, edges, now);
        const shares = curve.map(({ share }) => share);
        expect(shares).toEqual([...shares].sort((one, other) => one - other));
        for (const share of shares) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        if (shares.length > 0) expect(shares.at(-1)).toBe(1);
      }),
    );
  });

  it('is right on average where slow labels are still to come, and the naive share is not', () => {
    const random = dice(7);
    const mean = 12;
    const runs = 400;
    const estimates: number[] = [];
    const naive: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      // Traffic grows: most predictions are young, and of these only quick labels have come.
      const cohorts = Array.from({ length: 100 }, (_, index) => {
        const age = 100 - index;
        const made = Math.round(2 + index / 4);
        return cohortOf(
          age,
          Array.from({ length: made }, () => drawDelay(mean, random)),
        );
      });
      estimates.push(shareBy(estimateDelays(cohorts, edges, now), 8));
      const come = cohorts.map(({ delays }) => delays);
      const upTo = come.flatMap((delays) => delays.slice(0, 4)).reduce((sum, value) => sum + value, 0);
      naive.push(upTo / come.flat().reduce((sum, value) => sum + value, 0));
    }
    const average = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = Math.sqrt(average(estimates.map((value) => (value - average(estimates)) ** 2)) / runs);
    const expected = truth(mean, 8);
    expect(Math.abs(average(estimates) - expected)).toBeLessThan(4 * error + 0.001);
    expect(average(naive) - expected).toBeGreaterThan(0.05);
  });

  it('does not depend on how many predictions never get a label', () => {
    const cohorts = [cohortOf(100, [1, 3, 10]), cohortOf(100, []), cohortOf(5, [0.5]), cohortOf(3, [])];
    expect(estimateDelays(cohorts, edges, now)).toEqual(
      estimateDelays([cohortOf(100, [1, 3, 10]), cohortOf(5, [0.5])], edges, now),
    );
  });

  it('uses of a young cohort the bins that are complete, and no other', () => {
    const young = cohortOf(5, [0.5, 1.5, 4.5]);
    // Of a cohort of age 5 the bins up to 1, 2 and 4 are complete.
    expect(estimateDelays([young], edges, now)).toEqual([
      { seconds: 1, share: 0.5 },
      { seconds: 2, share: 1 },
      { seconds: 4, share: 1 },
    ]);
  });

  it('is empty while nothing is complete', () => {
    expect(estimateDelays([], edges, now)).toEqual([]);
    expect(estimateDelays([cohortOf(0.5, [0.1])], edges, now)).toEqual([]);
    expect(ageAt([], 0.5)).toBeNull();
  });
});

describe('what is read off the curve', () => {
  const curve = [
    { seconds: 10, share: 0.2 },
    { seconds: 20, share: 0.6 },
    { seconds: 40, share: 1 },
  ];

  it.each([
    [0, 0],
    [5, 0.1],
    [10, 0.2],
    [15, 0.4],
    [40, 1],
    [1000, 1],
  ])('the share by %d s is %d', (seconds, share) => {
    expect(shareBy(curve, seconds)).toBeCloseTo(share, 12);
  });

  it.each([
    [0.1, 5],
    [0.5, 17.5],
    [0.98, 39],
    [1, 40],
  ])('the age at %d is %d s', (share, seconds) => {
    expect(ageAt(curve, share)).toBeCloseTo(seconds, 12);
  });
});
