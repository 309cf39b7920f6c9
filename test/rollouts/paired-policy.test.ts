import { describe, expect, it } from '@jest/globals';
import { RolloutPolicy } from '../../contracts/rollout-policy.ts';
import { Hypothesis } from '../../contracts/verdicts.ts';
import { definePairedPolicy, InvalidPairedPolicyError } from '../../functions/rollouts/domain/paired-policy.ts';
import { startPairedProcess } from '../../functions/rollouts/domain/paired-process.ts';

describe('a paired policy', () => {
  it('defaults to non-inferiority by 2 points at 5% and 10%', () => {
    expect(definePairedPolicy()).toEqual({
      hypothesis: 'non-inferiority',
      margin: 0.02,
      promotionAlpha: 0.05,
      rollbackAlpha: 0.1,
      promotionEffects: [0.015, 0.03, 0.06],
      rollbackEffects: [0.03, 0.08, 0.2],
      rollbackReserve: { share: 0.3, firstPairs: 100, parts: 6 },
      tripwireThreshold: 20,
      minimumPairs: 100,
      maximumPairs: 20_000,
    });
  });

  it('scales the promotion effects with the margin of non-inferiority, but not of superiority', () => {
    const effects = (hypothesis: Hypothesis) => definePairedPolicy({ hypothesis, margin: 0.04 }).promotionEffects;
    expect(effects(Hypothesis.NonInferiority)).toEqual([0.03, 0.06, 0.12]);
    expect(effects(Hypothesis.Superiority)).toEqual([0.015, 0.03, 0.06]);
  });

  it('takes the rollout policy of a model as it is, has its defaults, and leaves the rest of it', () => {
    const policy = definePairedPolicy(RolloutPolicy.parse({ margin: 0.05, minimumPairs: 30 }));
    expect(policy).toMatchObject({ margin: 0.05, minimumPairs: 30 });
    expect(policy).not.toHaveProperty('stages');
    expect(definePairedPolicy(RolloutPolicy.parse({}))).toEqual(definePairedPolicy());
  });

  it.each([
    [
      { hypothesis: 'equality' as Hypothesis },
      'expected hypothesis to be non-inferiority or superiority, got "equality"',
    ],
    [{ margin: 0 }, 'expected margin to be a number in (0, 0.5], got 0'],
    [{ margin: Number.NaN }, 'expected margin to be a number in (0, 0.5], got NaN'],
    [{ promotionAlpha: 0.5 }, 'expected promotionAlpha to be a number in [1e-9, 0.5), got 0.5'],
    [{ rollbackAlpha: 0 }, 'expected rollbackAlpha to be a number in [1e-9, 0.5), got 0'],
    [{ promotionEffects: [] }, 'expected promotionEffects to be 1 to 8 ascending numbers in (0, 2], got []'],
    [{ promotionEffects: [0.03, 0.03] }, 'got [0.03,0.03]'],
    [{ rollbackEffects: [0, 0.1] }, 'got [0,0.1]'],
    [{ rollbackEffects: [0.1, 2.5] }, 'got [0.1,2.5]'],
    [{ rollbackReserve: { share: 1, firstPairs: 100, parts: 6 } }, 'expected rollbackReserve to be { share in [0, 1)'],
    [{ rollbackReserve: { share: 0.3, firstPairs: 100, parts: 0 } }, 'parts from 0 to 20, 0 exactly when share is 0'],
    [{ rollbackReserve: { share: 0.3, firstPairs: 0, parts: 6 } }, 'firstPairs from 1'],
    [{ tripwireThreshold: 1 }, 'expected tripwireThreshold to be a number in (1, 1e9], got 1'],
    [{ minimumPairs: 1.5 }, 'expected minimumPairs to be a whole number from 1, got 1.5'],
    [
      { minimumPairs: 200, maximumPairs: 199 },
      'expected maximumPairs to be a whole number from minimumPairs (200), got 199',
    ],
  ])('refuses %j', (settings, message) => {
    expect(() => definePairedPolicy(settings)).toThrow(InvalidPairedPolicyError);
    expect(() => definePairedPolicy(settings)).toThrow(message);
  });

  it('names every fault at once and what to do next', () => {
    expect(() => definePairedPolicy({ margin: 2, minimumPairs: 0 })).toThrow(
      /margin.*minimumPairs.*start the rollout\.$/,
    );
  });

  it('is checked again where a process starts from one that was never completed', () => {
    expect(() => startPairedProcess({ ...definePairedPolicy(), margin: -1 })).toThrow(InvalidPairedPolicyError);
  });
});
