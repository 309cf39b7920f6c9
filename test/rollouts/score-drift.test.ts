import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addScores, driftOf, leastScores, startScoreDrift } from '../../functions/rollouts/domain/score-drift.ts';
import { seededRandom } from '../../local/demo/random.ts';

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 400 });

/** So many scores of a distribution on [0, 1], around `shift`. */
const drawn = (count: number, shift: number, seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Math.min(1, Math.max(0, shift + (random.next() + random.next() - 1) / 2)));
};

describe('drift of scores', () => {
  it('is about nothing where nothing drifts, whatever the holdout and the seed', () => {
    for (const [holdout, seed] of [40, 60, 100, 200, 1000].flatMap((size) =>
      [1, 2, 3].map((one) => [size, one] as const),
    )) {
      const drift = addScores(startScoreDrift(drawn(holdout, 0.5, seed)), drawn(400, 0.5, seed + 100));
      expect(driftOf(drift)).toBeLessThan(0.15);
    }
  });

  it('has what chance gives taken out of it', () => {
    const drifts = Array.from({ length: 30 }, (_, seed) =>
      driftOf(addScores(startScoreDrift(drawn(200, 0.5, seed)), drawn(200, 0.5, seed + 100))),
    );
    // The index itself would be 9 · (1/200 + 1/200) = 0.09 on average.
    expect(sumOf(drifts) / drifts.length).toBeLessThan(0.04);
  });

  it('is found where the scores moved', () => {
    const drift = addScores(startScoreDrift(drawn(200, 0.4, 1)), drawn(300, 0.6, 2));
    expect(driftOf(drift)).toBeGreaterThan(0.25);
  });

  it('is not spoken of before there are scores enough, nor against a small holdout', () => {
    const moved = drawn(leastScores, 0.9, 1);
    expect(driftOf(addScores(startScoreDrift(drawn(200, 0.2, 1)), moved.slice(1)))).toBe(0);
    expect(driftOf(addScores(startScoreDrift(drawn(200, 0.2, 1)), moved))).toBeGreaterThan(0.25);
    expect(driftOf(addScores(startScoreDrift(drawn(39, 0.2, 1)), moved))).toBe(0);
    expect(driftOf(addScores(startScoreDrift([]), moved))).toBe(0);
  });

  it('takes scores that only a few values have', () => {
    const coin = (count: number, share: number) =>
      Array.from({ length: count }, (_, index) => Number(index < count * share));
    const reference = startScoreDrift(coin(200, 0.5));
    expect(reference.edges).toEqual([1]);
    expect(driftOf(addScores(reference, coin(200, 0.5)))).toBe(0);
    expect(driftOf(addScores(reference, coin(200, 0.9)))).toBeGreaterThan(0.25);
    expect(startScoreDrift(coin(200, 1)).edges).toEqual([]);
  });

  it('counts each score once, in bins none of which the holdout leaves empty, and is never below 0', () => {
    fc.assert(
      fc.property(scores, scores, (holdout, seen) => {
        const drift = addScores(startScoreDrift(holdout), seen);
        expect(sumOf(drift.reference)).toBe(holdout.length);
        expect(sumOf(drift.counts)).toBe(seen.length);
        if (drift.edges.length > 0) expect(Math.min(...drift.reference)).toBeGreaterThan(0);
        expect(driftOf(drift)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('does not depend on how the scores come in', () => {
    fc.assert(
      fc.property(scores, scores, scores, (holdout, some, more) => {
        const start = startScoreDrift(holdout);
        expect(addScores(addScores(start, some), more)).toEqual(addScores(start, [...more, ...some]));
      }),
    );
  });
});
