import { describe, expect, it } from '@jest/globals';
import { logSampleRatioEvidence } from '../../../functions/rollouts/domain/randomised/sample-ratio.ts';

/** Pólya's urn, unit by unit: exact in another way. */
const urn = (weight: number, champion: number, challenger: number): number => {
  const share = weight / 10_000;
  let [log, drawn] = [0, 0];
  for (const [chance, count] of [
    [1 - share, champion],
    [share, challenger],
  ] as const) {
    for (let index = 0; index < count; index += 1) {
      log += Math.log((100 * chance + index) / (100 + drawn) / chance);
      drawn += 1;
    }
  }
  return log;
};

describe('the evidence against the split', () => {
  it('is none without units', () => {
    for (const weight of [0, 1, 500, 5000, 10_000]) expect(logSampleRatioEvidence(weight, 0, 0)).toBeCloseTo(0, 14);
  });

  it.each([
    [500, 950, 50],
    [500, 960, 90],
    [1, 9999, 2],
    [5000, 10, 3],
    [9999, 1, 3],
    [2500, 30_000, 10_300],
  ])('is that of an urn at a weight of %i, with %i and %i units', (weight, champion, challenger) => {
    expect(logSampleRatioEvidence(weight, champion, challenger)).toBeCloseTo(urn(weight, champion, challenger), 9);
  });

  it('halts at 1000 where a tenth of the challenger of a 5% canary is lost, within 100,000 units', () => {
    const log = (units: number) => logSampleRatioEvidence(500, 0.95 * units, 0.045 * units);
    expect(log(20_000)).toBeLessThan(Math.log(1000));
    expect(log(100_000)).toBeGreaterThan(Math.log(1000));
  });

  it('falls while the arms have the sizes of the split', () => {
    const logs = [100, 1000, 10_000].map((units) => logSampleRatioEvidence(2500, 0.75 * units, 0.25 * units));
    expect(logs).toEqual(logs.toSorted((one, other) => other - one));
    expect(logs.every((log) => log < 0)).toBe(true);
  });

  it('is finite and large where an arm has units without having a share', () => {
    const log = logSampleRatioEvidence(0, 100, 5);
    expect(Number.isFinite(log)).toBe(true);
    expect(log).toBeGreaterThan(Math.log(1000));
  });
});
