import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { Hypothesis } from '../../../contracts/verdicts.ts';
import { type Block, InvalidBlockError } from '../../../functions/rollouts/domain/randomised/block.ts';
import { defineRandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import {
  InvalidRandomisedStateError,
  type RandomisedState,
  startRandomisedProcess,
  unitsOf,
} from '../../../functions/rollouts/domain/randomised/state.ts';

const policy = defineRandomisedPolicy({
  hypothesis: Hypothesis.Superiority,
  binary: true,
  priorMean: 0.8,
  promotionEffects: [0.02],
});
const start = startRandomisedProcess(policy);

/** @param champion - wrong and right. @param challenger - likewise. */
const rewards = (champion: readonly number[], challenger: readonly number[], stage = 'canary-25'): Block => ({
  stage,
  weight: stage === 'canary-25' ? 2500 : 500,
  champion: { reward: champion },
  challenger: { reward: challenger },
});

const promotionOf = ({ metrics }: RandomisedState) => metrics[0]?.promotion.logCapital[0] ?? Number.NaN;

describe('a randomised process', () => {
  it('bets on the first block with what was known before the rollout, by the formula', () => {
    // θ = 0.8 in both arms, v = 0.16, ρ = 1/3: λ_B = 0.02 / (0.16 + 0.16 / 3) = 0.09375, λ_A = 0.03125.
    const expected =
      5 * Math.log(1 + 0.09375 * 0.2) +
      1 * Math.log(1 - 0.09375 * 0.8) +
      14 * Math.log(1 - 0.03125 * 0.2) +
      4 * Math.log(1 + 0.03125 * 0.8);
    expect(promotionOf(applyBlock(start, rewards([4, 14], [1, 5]), policy))).toBeCloseTo(expected, 13);
  });

  it('bets on the second block with what the first one taught', () => {
    // ā = (14 + 16) / 38, b̄ = (5 + 20ā) / 26, w_B = 1/2, ρ = 1.
    const champion = 30 / 38;
    const challenger = (5 + 20 * champion) / 26;
    const theta = (champion + challenger) / 2;
    const bet = 0.02 / (2 * theta * (1 - theta));
    const first = applyBlock(start, rewards([4, 14], [1, 5]), policy);
    const second = applyBlock(first, rewards([0, 1], [0, 1]), policy);
    const expected = Math.log(1 + bet * (1 - theta)) + Math.log(1 - bet * (1 - theta));
    expect(promotionOf(second) - promotionOf(first)).toBeCloseTo(expected, 13);
  });

  it('expects of scores the variance that they have shown, in all stages where a stage is new', () => {
    const scored = defineRandomisedPolicy({ priorMean: 0.5, promotionEffects: [0.01], margin: 0.02 });
    const tight = (units: number) => Array.from({ length: 21 }, (_, bin) => (bin === 10 ? units : 0));
    const block = (stage: string, units: number): Block => ({
      stage,
      weight: 5000,
      champion: { reward: tight(units) },
      challenger: { reward: tight(units) },
    });
    const gainOf = (log: readonly Block[]) => {
      const states = [...log.keys()].map((index) =>
        log
          .slice(0, index + 1)
          .reduce((state, next) => applyBlock(state, next, scored), startRandomisedProcess(scored)),
      );
      return promotionOf(states.at(-1) ?? start) - promotionOf(states.at(-2) ?? startRandomisedProcess(scored));
    };
    const alone = gainOf([block('canary-25', 5)]);
    const afterAnother = gainOf([block('canary-5', 1000), block('canary-25', 5)]);
    const afterItsOwn = gainOf([block('canary-25', 1000), block('canary-25', 5)]);
    expect(afterAnother).toBeGreaterThan(2 * alone);
    expect(afterItsOwn).toBeGreaterThanOrEqual(afterAnother);
  });

  it('keeps units of one arm waiting until the other has one, and bets on them together', () => {
    const waiting = [rewards([1, 2], [0, 0]), rewards([2, 3], [0, 0])].reduce(
      (state, block) => applyBlock(state, block, policy),
      start,
    );
    expect(waiting).toMatchObject({ blocks: 0, metrics: start.metrics });
    expect(unitsOf(waiting)).toBe(0);
    const closed = applyBlock(waiting, rewards([0, 0], [1, 1]), policy);
    expect({ ...closed, peakLogSampleRatio: 0 }).toEqual({
      ...applyBlock(start, rewards([3, 5], [1, 1]), policy),
      peakLogSampleRatio: 0,
    });
    expect(closed.strata[0]).not.toHaveProperty('pending');
  });

  it('never lets units of one stage answer those of another', () => {
    const state = applyBlock(
      applyBlock(start, rewards([1, 9], [0, 0]), policy),
      rewards([0, 0], [3, 0], 'canary-5'),
      policy,
    );
    expect(state.blocks).toBe(0);
    expect(state.strata.map(({ stage, pending }) => [stage, pending?.arm])).toEqual([
      ['canary-25', 'champion'],
      ['canary-5', 'challenger'],
    ]);
  });

  it('bets a sixth of its rollback reserve at 100 units of the challenger, at 200, at 400', () => {
    const parts = [99, 100, 200, 399, 400, 3199, 3200].map(
      (units) => applyBlock(start, rewards([10, 10], [0, units]), policy).metrics[0]?.rollback.injectedParts,
    );
    expect(parts).toEqual([0, 1, 2, 2, 3, 5, 6]);
    expect(applyBlock(start, rewards([10, 9000], [0, 99]), policy).metrics[0]?.rollback.injectedParts).toBe(0);
    const [early, late] = [rewards([9, 9], [0, 60], 'canary-5'), rewards([9, 9], [0, 60])];
    const both = [early, late].reduce((state, block) => applyBlock(state, block, policy), start);
    expect(both.tripwire.injectedParts).toBe(1);
  });

  it('keeps a peak when the evidence falls again', () => {
    const high = applyBlock(start, rewards([90, 10], [10, 90]), policy);
    const fallen = applyBlock(high, rewards([10, 90], [90, 10]), policy);
    expect(promotionOf(fallen)).toBeLessThan(promotionOf(high));
    expect(fallen.metrics[0]?.promotion.peakLogEvidence).toBe(high.metrics[0]?.promotion.peakLogEvidence);
  });

  it('is unmoved by an empty block', () => {
    expect(applyBlock(start, rewards([0, 0], [0, 0]), policy)).toBe(start);
  });

  it('holds its state in less than 4 KB, with 3 metrics of 21 bins, 5 stages and all of them waiting', () => {
    const large = defineRandomisedPolicy({ guardrails: { answered: {}, prompt: {} } });
    const spread = (units: number) => Array.from({ length: 21 }, (_, bin) => units + bin);
    const none = spread(0).map(() => 0);
    const counts = (histogram: readonly number[]) => ({ reward: histogram, answered: histogram, prompt: histogram });
    const stages = ['canary-01', 'canary-05', 'canary-25', 'canary-50', 'holdback'];
    const block = (stage: string, index: number, challenger: readonly number[]): Block => ({
      stage,
      weight: 100 + 1999 * index,
      champion: counts(spread(30)),
      challenger: counts(challenger),
    });
    let state = startRandomisedProcess(large);
    for (let round = 0; round < 40; round += 1) {
      for (const [index, stage] of stages.entries()) state = applyBlock(state, block(stage, index, spread(20)), large);
    }
    for (const [index, stage] of stages.entries()) state = applyBlock(state, block(stage, index, none), large);
    expect(state.strata.every(({ pending }) => pending !== undefined)).toBe(true);
    expect(unitsOf(state)).toBeGreaterThan(200_000);
    expect(JSON.stringify(state).length).toBeLessThan(4096);
    expect(() => marshall(state)).not.toThrow();
  });
});

describe('bad input to a randomised process', () => {
  it.each([
    [
      'a fraction',
      rewards([0.5, 1], [1, 1]),
      'Expected 2 whole numbers from 0 for reward of the champion, got [0.5,1]',
    ],
    ['a negative count', rewards([1, 1], [-1, 1]), 'for reward of the challenger, got [-1,1]'],
    ['a count that is no number', rewards([1, Number.NaN], [1, 1]), 'got [1,null]'],
    ['too many bins', rewards([1, 1, 1], [1, 1]), 'Expected 2 whole numbers'],
    [
      'a metric that is missing',
      { ...rewards([1, 1], [1, 1]), champion: {} },
      'for reward of the champion, got undefined',
    ],
    ['a stage without a name', { ...rewards([1, 1], [1, 1]), stage: '' }, 'Expected the name of a stage'],
    [
      'a weight in percent',
      { ...rewards([1, 1], [1, 1]), weight: 2.5 },
      'Expected a weight of 0 to 10000 basis points',
    ],
    ['counts too large to add', rewards([2 ** 52, 1], [1, 1]), 'units of the champion'],
  ])('is refused where it is %s, and says what it expected and got', (_, block, message) => {
    expect(() => applyBlock(start, block, policy)).toThrow(InvalidBlockError);
    expect(() => applyBlock(start, block, policy)).toThrow(message);
    expect(() => applyBlock(start, block, policy)).toThrow(/Count the units since the last block again\.$/);
  });

  it('is refused where the metrics of an arm count different units', () => {
    const guarded = defineRandomisedPolicy({ binary: true, guardrails: { answered: { binary: true } } });
    const counts = { reward: [1, 1], answered: [0, 3] };
    const block = { stage: 'canary', weight: 500, champion: counts, challenger: counts };
    expect(() => applyBlock(startRandomisedProcess(guarded), block, guarded)).toThrow(
      'Expected the same units in each metric of the champion, got 2, 3.',
    );
  });

  it('is refused where a stage has another weight than before, or totals grow beyond what can be counted', () => {
    const state = applyBlock(start, rewards([1, 1], [1, 1]), policy);
    expect(() => applyBlock(state, { ...rewards([1, 1], [1, 1]), weight: 3000 }, policy)).toThrow(
      'Expected the weight of canary-25 to stay at 2500 basis points, got 3000.',
    );
    const most = Math.floor(Number.MAX_SAFE_INTEGER / 400);
    const large = applyBlock(start, rewards([0, most], [1, 1]), policy);
    expect(() => applyBlock(large, rewards([0, most], [1, 1]), policy)).toThrow(InvalidBlockError);
  });

  it('is refused where the state was begun under another policy', () => {
    const other = defineRandomisedPolicy({ binary: true, rollbackEffects: [0.1] });
    expect(() => applyBlock(start, rewards([1, 1], [1, 1]), other)).toThrow(InvalidRandomisedStateError);
    expect(() => applyBlock(start, rewards([1, 1], [1, 1]), other)).toThrow(/replay its block log from the start\.$/);
  });

  it.each([
    ['not a number', { tripwire: { ...start.tripwire, logCapital: [Number.NaN, 0, 0] } }],
    ['a peak below the start', { peakLogRollback: -1 }],
    ['no finite peak', { peakLogSampleRatio: Number.POSITIVE_INFINITY }],
    ['more reserve than there was', { ramp: { ...start.ramp, injectedParts: 1 } }],
    ['a metric too few', { metrics: [] }],
  ])('is refused where the state holds %s', (_, damage) => {
    expect(() => applyBlock({ ...start, ...damage }, rewards([1, 1], [1, 1]), policy)).toThrow(
      InvalidRandomisedStateError,
    );
  });
});
