import { describe, expect, it } from '@jest/globals';
import { meanRewardOf } from '../../functions/rollouts/domain/mean-reward.ts';

describe('the mean reward', () => {
  it('is over all days, each outcome alike', () => {
    expect(
      meanRewardOf([
        { count: 3, rewards: 3 },
        { count: 1, rewards: 0 },
      ]),
    ).toBe(0.75);
  });

  it('is unknown without outcomes', () => {
    expect(meanRewardOf([])).toBeUndefined();
    expect(meanRewardOf([{ count: 0, rewards: 0 }])).toBeUndefined();
  });

  it('stays a mean where corrections have left the last digit of a number', () => {
    expect(meanRewardOf([{ count: 1, rewards: -2e-17 }])).toBe(0);
    expect(meanRewardOf([{ count: 1, rewards: 1 + Number.EPSILON }])).toBe(1);
  });
});
