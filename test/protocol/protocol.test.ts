import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildCheck } from './build.ts';
import type { Report } from './check.ts';
import { runCheck } from './workers.ts';

/** The same ones each time; `npm run test:protocol` tries more, and others. */
const sequences = 500;

let report: Report;
beforeAll(async () => {
  report = await runCheck(await buildCheck(), { sequences, workers: 2, seed: 1 });
}, 120_000);

describe(`${sequences} sequences of steps, with crashes, repeats, delays and two workers at once`, () => {
  it('break none of the rules I1 to I11', () => {
    expect(report.counterexample).toBeUndefined();
    expect(report.sequences).toBe(sequences);
  });

  it.each([
    'paired canary: promoted by verdict',
    'paired canary: rolled-back by verdict',
    'paired canary: rolled-back by by-hand',
    'paired canary: expired by expired',
    'paired canary: expired by error',
    'randomised canary: promoted by verdict',
    'blue-green: promoted by baked',
    'bandit: promoted by bandit',
    'crash-before',
    'crash-after',
    'sent-twice',
    'stale read of the index',
    'drill: rolled-back by alarm',
    'champion before restored',
    'gone on late',
    'two at once',
    'next attempt',
    'closed',
  ])('come to: %s', (what) => {
    expect(report.counts[what]).toBeGreaterThan(0);
  });
});
