import { describe, expect, it } from '@jest/globals';
import { casesPerDay } from '../../functions/cases/domain/case-rate.ts';

const now = '2026-03-01T00:00:00.000Z';
const daysAgo = (days: number): string => new Date(Date.parse(now) - days * 86_400_000).toISOString();
const daily = (from: number, to: number, cases: number) =>
  Array.from({ length: from - to }, (_, index) => ({ cases, sealedAt: daysAgo(from - index) }));

describe('the cases a day', () => {
  it('are those of the last 28 days', () => {
    expect(casesPerDay({ segments: [...daily(60, 28, 100), ...daily(27, 0, 20)], whole: true }, now)).toBeCloseTo(
      (27 * 20) / 28,
    );
  });

  it('of a young ledger are counted from its first segment', () => {
    expect(casesPerDay({ segments: daily(4, 0, 20), whole: true }, now)).toBeCloseTo(20);
  });

  it('of the first hour are no more than what came', () => {
    expect(casesPerDay({ segments: [{ cases: 300, sealedAt: daysAgo(0.01) }], whole: true }, now)).toBeCloseTo(300);
  });

  it('are not thinned where the segments read cover less than a day', () => {
    const hour = Array.from({ length: 60 }, (_, index) => ({ cases: 10, sealedAt: daysAgo((60 - index) / 1440) }));
    expect(casesPerDay({ segments: hour, whole: false }, now)).toBeCloseTo(600 * 24);
  });

  it('are none where nothing was accepted for long', () => {
    expect(casesPerDay({ segments: daily(60, 40, 100), whole: true }, now)).toBe(0);
    expect(casesPerDay({ segments: [], whole: true }, now)).toBe(0);
  });
});
