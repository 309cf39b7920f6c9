/** Error rates and speed of the paired verdict over simulated rollouts: seeded, so that a bound holds always or never. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { Hypothesis } from '../../contracts/verdicts.ts';
import type { Simulated, Simulation } from './simulated-rollouts.ts';

const simulate = async (process: Simulation['process'], settings: Partial<Simulation> = {}): Promise<Simulated> => {
  const defaults = { runs: 1000, discordance: 0.08, difference: [], blockPairs: 25 };
  const policy = { maximumPairs: 5000, ...settings.policy };
  const worker = new Worker(new URL('./simulated-rollouts.ts', import.meta.url), {
    workerData: { process, ...defaults, ...settings, policy },
  });
  const [simulated] = await once(worker, 'message');
  return simulated;
};

const always = (is: number) => [{ fromPair: 0, is }];

describe('errors over 1,000 rollouts, looked at after every block of 25 pairs', () => {
  it.each<[string, Partial<Simulation>]>([
    ['at the margin of 2 points', { difference: always(-0.02) }],
    ['at the margin, with much disagreement', { difference: always(-0.02), discordance: 0.3 }],
    ['at a margin of 5 points', { difference: always(-0.05), policy: { margin: 0.05 } }],
    ['equal, under superiority', { difference: always(0), policy: { hypothesis: Hypothesis.Superiority } }],
  ])('promote a challenger that is %s in at most 5%%', async (_, settings) => {
    const { rate } = await simulate('promotion', settings);
    expect(rate).toBeLessThanOrEqual(0.05);
    expect(rate).toBeGreaterThan(0.01);
  });

  it('promote a challenger that gets worse and recovers up to the margin in at most 5%', async () => {
    const difference = [0, 500, 1000, 1500, 2000].map((fromPair, index) => ({
      fromPair,
      is: index % 2 === 0 ? -0.02 : -0.06,
    }));
    expect((await simulate('promotion', { difference })).rate).toBeLessThanOrEqual(0.05);
  });

  it('roll back a challenger at the margin in at most 10%', async () => {
    const { rate } = await simulate('rollback', { difference: always(-0.02) });
    expect(rate).toBeLessThanOrEqual(0.1);
    expect(rate).toBeGreaterThan(0.01);
  });

  it('roll back an equal challenger in at most 2%', async () => {
    expect((await simulate('rollback', { difference: always(0) })).rate).toBeLessThanOrEqual(0.02);
  });
});

describe('pairs to a verdict over 1,000 rollouts', () => {
  it('are at most 130 in half of the rollbacks of a challenger 10 points worse', async () => {
    const { median, rate } = await simulate('rollback', { difference: always(-0.1), discordance: 0.14 });
    expect(rate).toBe(1);
    expect(median).toBeLessThanOrEqual(130);
  });

  it('are within 5,000 for an equal challenger under a margin of 2 points, at a power of 93%', async () => {
    const { rate, median } = await simulate('promotion', { difference: always(0) });
    expect(rate).toBeGreaterThanOrEqual(0.93);
    expect(median).toBeLessThanOrEqual(1400);
  });

  it('are at most 200 in nine promotions of ten, for a challenger 3 points better under a margin of 5', async () => {
    const settings = { difference: always(0.03), discordance: 0.06, policy: { margin: 0.05 } };
    expect((await simulate('promotion', settings)).p90).toBeLessThanOrEqual(200);
  });

  it('are fewer with a reserve than without, for harm that begins after 1,600 pairs', async () => {
    const difference = [
      { fromPair: 0, is: 0.02 },
      { fromPair: 1600, is: -0.1 },
    ];
    const late = { difference, discordance: 0.14 };
    const none = { share: 0, firstPairs: 1, parts: 0 };
    const kept = await simulate('rollback', late);
    const without = await simulate('rollback', { ...late, policy: { rollbackReserve: none } });
    expect(kept.median).toBeLessThanOrEqual(1900);
    expect(without.median).toBeGreaterThan(3000);
  });
});
