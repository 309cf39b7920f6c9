import { describe, expect, it } from '@jest/globals';
import { RolloutStatus } from '../../../contracts/statuses.ts';
import { isRight, measure } from '../../../local/calling-score/correctness.ts';

const { Promoted, RolledBack, Expired } = RolloutStatus;

describe('a decision of the platform', () => {
  it.each([
    [Promoted, 0.07, true],
    [Promoted, -0.029, true],
    [Promoted, -0.031, false],
    [RolledBack, -0.1, true],
    [RolledBack, 0.029, true],
    [RolledBack, 0.031, false],
    [Expired, -0.1, true],
    [Expired, 0.031, false],
  ])('%s with a true difference of %p is right: %p', (status, difference, right) => {
    expect(isRight(status, difference, 0.03)).toBe(right);
  });
});

describe('the measured reward', () => {
  const bins = (counts: Record<number, number>) => Array.from({ length: 21 }, (_, bin) => counts[bin] ?? 0);
  const block = (number: number, champion: Record<number, number>) => ({
    number,
    stage: 'canary-20',
    weight: 2000,
    champion: { reward: bins(champion), answered: bins({ 20: 4 }) },
    challenger: { reward: bins({}), answered: bins({}) },
    at: '2026-01-02T03:04:05.000Z',
  });

  it('is the mean over all blocks, with its standard error', () => {
    // 0.35, 1, 0 and 1
    const measured = measure([block(1, { 7: 1, 20: 1 }), block(2, { 0: 1, 20: 1 })], 'champion');
    expect(measured).toMatchObject({ units: 4, mean: 0.5875 });
    const variance = (0.35 ** 2 + 2) / 4 - 0.5875 ** 2;
    expect(measured?.standardError).toBeCloseTo(Math.sqrt(variance / 4), 12);
  });

  it('is none of an arm without units', () => {
    expect(measure([block(1, { 7: 1 })], 'challenger')).toBeUndefined();
  });
});
