import { describe, expect, it } from '@jest/globals';
import { collectEarned } from '../../functions/rollouts/domain/bandit-units.ts';

const rule = { startedAt: 0, windowMilliseconds: 1000, slowMilliseconds: 100, weights: new Map<string, number>() };
let count = 0;

/** A prediction at a time, the version that was asked, its reward, and whose it was. */
const outcome = (assignedAt: number, assigned: string, reward: number, subject?: string) => {
  count += 1;
  const arm = assigned === 'v1.0.0' ? ('champion' as const) : ('challenger' as const);
  return { assignedAt, nonce: `n${count}`, assigned, arm, stage: 'bandit', reward, failed: false, subject };
};

const earned = (outcomes: ReturnType<typeof outcome>[], windowMilliseconds: number | undefined = 1000, known = '') => {
  const collection = collectEarned({ ...rule, windowMilliseconds });
  for (const one of outcomes) collection.add(one);
  return collection.earned({ 'v1.1.0': { units: 10, rewards: 5 } }, (subject) => subject === known);
};

describe('the units of a bandit', () => {
  it('are a subject each, by the mean of what its first version earned in its first window', () => {
    const outcomes = [
      outcome(0, 'v1.1.0', 1, 'sub_a'),
      outcome(10, 'v1.0.0', 1, 'sub_a'),
      outcome(20, 'v1.1.0', 0, 'sub_a'),
      outcome(1500, 'v1.1.0', 1, 'sub_a'),
      outcome(1600, 'v1.0.0', 0.5, 'sub_b'),
    ];
    expect(earned(outcomes)).toEqual({ 'v1.1.0': { units: 11, rewards: 5.5 }, 'v1.0.0': { units: 1, rewards: 0.5 } });
  });

  it('leave out a subject that has counted before', () => {
    expect(earned([outcome(0, 'v1.1.0', 1, 'sub_a')], 1000, 'sub_a')).toEqual({ 'v1.1.0': { units: 10, rewards: 5 } });
  });

  it('are the predictions themselves without subjects, and without windows', () => {
    const alone = [outcome(0, 'v1.1.0', 1), outcome(0, 'v1.1.0', 0)];
    expect(earned(alone)).toEqual({ 'v1.1.0': { units: 12, rewards: 6 } });
    const together = [outcome(0, 'v1.1.0', 1, 'sub_a'), outcome(0, 'v1.1.0', 0, 'sub_a')];
    expect(earned(together)).toEqual({ 'v1.1.0': { units: 11, rewards: 5.5 } });
    const collection = collectEarned({ ...rule, windowMilliseconds: undefined });
    for (const one of together) collection.add(one);
    expect(collection.earned({}, () => true)).toEqual({ 'v1.1.0': { units: 2, rewards: 1 } });
  });

  it('name the subjects that may have counted before', () => {
    const collection = collectEarned(rule);
    for (const subject of ['sub_a', 'sub_b', 'sub_a', undefined]) collection.add(outcome(0, 'v1.1.0', 1, subject));
    expect(collection.subjects()).toEqual(['sub_a', 'sub_b']);
  });
});
