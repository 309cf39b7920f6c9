import { describe, expect, it } from '@jest/globals';
import { measure, type Records } from '../../functions/rollouts/domain/plan/measure.ts';

const now = '2026-03-11T00:00:00.000Z';
const nothing: Records = {
  casesPerDay: 0,
  outcomeDays: [],
  champion: undefined,
  holdoutAccuracy: undefined,
  pairs: undefined,
};
const outcomes = (day: string, version: string, count: number, rewards: number) => ({ day, version, count, rewards });

describe('what the record says', () => {
  it('of a model without any is nothing', () => {
    expect(measure(nothing, now)).toEqual({ labelsPerDay: 0, outcomesPerDay: 0 });
  });

  it('of outcomes is their rate over all versions, and the mean of the champion alone', () => {
    const outcomeDays = [outcomes('2026-03-01', 'v1.0.0', 600, 300), outcomes('2026-03-05', 'v1.1.0', 400, 400)];
    expect(measure({ ...nothing, outcomeDays, champion: 'v1.0.0' }, now)).toMatchObject({
      outcomesPerDay: 100,
      meanReward: 0.5,
    });
  });

  it('of the first hour is no more than what came', () => {
    const outcomeDays = [outcomes('2026-03-11', 'v1.0.0', 50, 50)];
    expect(measure({ ...nothing, outcomeDays }, '2026-03-11T01:00:00.000Z').outcomesPerDay).toBe(50);
  });

  it('of the last pairs is how often each was right', () => {
    const pairs = { both: 80, championOnly: 10, challengerOnly: 6, neither: 4 };
    expect(measure({ ...nothing, holdoutAccuracy: 0.99, pairs }, now)).toMatchObject({
      accuracy: 0.9,
      disagreement: 0.16,
    });
  });

  it('of few pairs is not trusted: the holdout is', () => {
    const pairs = { both: 8, championOnly: 1, challengerOnly: 0, neither: 0 };
    const measured = measure({ ...nothing, holdoutAccuracy: 0.93, pairs }, now);
    expect(measured.accuracy).toBe(0.93);
    expect(measured.disagreement).toBeUndefined();
  });
});
