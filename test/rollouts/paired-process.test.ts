import { describe, expect, it } from '@jest/globals';
import { definePairedPolicy } from '../../functions/rollouts/domain/paired-policy.ts';
import {
  applyBlock,
  InvalidPairCountsError,
  InvalidPairedStateError,
  type PairCounts,
  startPairedProcess,
} from '../../functions/rollouts/domain/paired-process.ts';

const policy = definePairedPolicy();
const start = startPairedProcess(policy);
const block: PairCounts = { both: 20, championOnly: 1, challengerOnly: 3, neither: 1 };

describe('a paired process', () => {
  it('bets on the first block with one pair in ten discordant, by the formula', () => {
    // 0.03 / v̂ = 0.3 for the second promotion effect, below the cap of 0.8 / 1.02.
    const expected =
      Math.log(1 / 3) + 3 * Math.log(1 + 0.3 * 1.02) + Math.log(1 - 0.3 * 0.98) + 21 * Math.log(1 + 0.3 * 0.02);
    expect(applyBlock(start, block, policy).promotion.logCapital[1]).toBeCloseTo(expected, 13);
  });

  it('bets on the second block with what the first one taught', () => {
    // v̂ = (4 + 2) / (25 + 20), so 0.015 / v̂ = 0.1125 for the first promotion effect.
    const first = applyBlock(start, block, policy);
    const second = applyBlock(first, { both: 0, championOnly: 0, challengerOnly: 1, neither: 0 }, policy);
    const gain = (second.promotion.logCapital[0] ?? 0) - (first.promotion.logCapital[0] ?? 0);
    expect(gain).toBeCloseTo(Math.log(1 + 0.1125 * 1.02), 13);
  });

  it('is begun with its reserve unbet and bets a sixth of it at 100 pairs, at 200, at 400', () => {
    expect(Math.exp(start.rollback.logCapital[0] ?? 0)).toBeCloseTo(0.7 / 3, 15);
    const parts = [99, 100, 200, 399, 400, 3199, 3200, 1e6].map(
      (both) =>
        applyBlock(start, { both, championOnly: 0, challengerOnly: 0, neither: 0 }, policy).rollback.injectedParts,
    );
    expect(parts).toEqual([0, 1, 2, 2, 3, 5, 6, 6]);
  });

  it('keeps the champion unmoved by an empty block', () => {
    expect(applyBlock(start, { both: 0, championOnly: 0, challengerOnly: 0, neither: 0 }, policy)).toBe(start);
  });

  it('holds its state in less than 1 KB of JSON after 10,000 blocks', () => {
    let state = start;
    for (let count = 0; count < 10_000; count += 1) state = applyBlock(state, block, policy);
    expect(state.blocks).toBe(10_000);
    expect(state.both).toBe(200_000);
    expect(JSON.stringify(state).length).toBeLessThan(1024);
  });

  it.each([
    ['a fraction', { ...block, both: 0.5 }, 'both 0.5'],
    ['a negative count', { ...block, championOnly: -1 }, 'championOnly -1'],
    ['a count that is no number', { ...block, challengerOnly: Number.NaN }, 'challengerOnly NaN'],
    ['a missing count', { both: 1, championOnly: 0, challengerOnly: 0 } as PairCounts, 'neither undefined'],
    ['counts too large to add', { ...block, both: Number.MAX_SAFE_INTEGER }, 'sum below 2^53'],
  ])('refuses %s, and says what it expected and got', (_, counts, got) => {
    expect(() => applyBlock(start, counts, policy)).toThrow(InvalidPairCountsError);
    expect(() => applyBlock(start, counts, policy)).toThrow(/^Expected both, .* got .* Count the pairs/);
    expect(() => applyBlock(start, counts, policy)).toThrow(got);
  });

  it('refuses a block that takes the total beyond what can be counted', () => {
    const large = { both: Number.MAX_SAFE_INTEGER - 1, championOnly: 0, challengerOnly: 0, neither: 0 };
    const state = applyBlock(start, large, policy);
    expect(() => applyBlock(state, { ...large, both: 2 }, policy)).toThrow(InvalidPairCountsError);
  });

  it('refuses evidence begun under a policy with another grid', () => {
    const other = definePairedPolicy({ rollbackEffects: [0.1] });
    expect(() => applyBlock(start, block, other)).toThrow(InvalidPairedStateError);
    expect(() => applyBlock(start, block, other)).toThrow(
      /evidence on rollback to hold 1 finite .* replay its block log/,
    );
  });

  it.each([
    ['not a number', { logCapital: [Number.NaN, 0, 0] }],
    ['nothing', { logCapital: [Number.NEGATIVE_INFINITY, 0, 0] }],
    ['a peak below the start', { peakLogEvidence: -1 }],
    ['more reserve than there was', { injectedParts: 1 }],
  ])('refuses stored evidence of %s', (_, damage) => {
    const damaged = { ...start, promotion: { ...start.promotion, ...damage } };
    expect(() => applyBlock(damaged, block, policy)).toThrow(InvalidPairedStateError);
  });
});
