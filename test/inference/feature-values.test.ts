import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayMilliseconds } from '../../contracts/durations.ts';
import { foldedText, timestampDays } from '../../contracts/feature-values.ts';
import { utcTimestamp } from '../../contracts/utc-timestamp.ts';

describe('a timestamp', () => {
  test.each([
    ['1970-01-01', 0],
    ['1970-01-02T12:00Z', 1.5],
    ['1970-01-02T12:00:00', 1.5],
    ['1970-01-02T12:00:00+00:00', 1.5],
    ['1970-01-02T12:00:00+06:00', 1.25],
    ['1970-01-02T12:00:00-06:00', 1.75],
    ['1970-01-01T00:00:00.5Z', 0.5 / 86_400],
    ['1970-01-01T00:00:00.2500000000Z', 0.25 / 86_400],
    ['1969-12-31', -1],
    ['2024-02-29', 19_782],
    ['0099-12-31', -683_004],
  ])('%s is %d days after the first of 1970', (given, days) => {
    expect(timestampDays(given)).toBeCloseTo(days, 9);
  });

  test.each([
    '2023-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-02T24:00Z',
    '2026-01-02T10:60Z',
    '2026-01-02T10:00:60Z',
    '2026-01-02T10Z',
    '2026-01-02 10:00Z',
    '2026-01-02T10:00:00,5Z',
    '2026-01-02T10:00+0200',
    '0000-12-31',
    '0001-01-01T00:00+01:00',
    '02.01.2026',
    '2026-1-2',
    'yesterday',
    '',
    20_000,
    null,
    new Date(0),
  ])('%p is none', (given) => {
    expect(timestampDays(given)).toBeUndefined();
  });

  test('is none at the door of cases either', () => {
    const digits = (most: number, width: number) =>
      fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(width, '0'));
    const day = fc.tuple(digits(2400, 4), digits(14, 2), digits(33, 2)).map((parts) => parts.join('-'));
    const clock = fc.tuple(digits(26, 2), digits(62, 2), digits(62, 2)).map((parts) => parts.join(':'));
    const offset = fc.constantFrom('', 'Z', '+02:00', '-11:30', '+0200', '+25:00', 'z');
    const fraction = fc.constantFrom('', '.5', ',5', '.123456789');
    const times = fc.oneof(
      day,
      fc.tuple(day, fc.constantFrom('T', ' '), clock, fraction, offset).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(times, (text) => {
        fc.pre(!/^000[01]/.test(text));
        const kept = utcTimestamp(text);
        expect({ text, isOne: timestampDays(text) !== undefined }).toEqual({ text, isOne: kept !== undefined });
        if (kept !== undefined) expect(timestampDays(kept)).toBeCloseTo(timestampDays(text) ?? Number.NaN, 7);
      }),
      { numRuns: 3000 },
    );
  });

  test('is read as the clock writes it', () => {
    const times = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(times, (time) => {
        expect(timestampDays(time.toISOString())).toBeCloseTo(time.getTime() / dayMilliseconds, 8);
      }),
    );
  });
});

describe('a text', () => {
  test('is in lower case as far as its letters are A to Z', () => {
    expect(foldedText('Near the PARK, ÄÖ İstanbul')).toBe('near the park, ÄÖ İstanbul');
  });

  test('is at most 4,000 characters', () => {
    expect(foldedText('x'.repeat(4000))).toHaveLength(4000);
    expect(foldedText('x'.repeat(4001))).toBeUndefined();
    expect(foldedText(7)).toBeUndefined();
  });

  test('does not have the character that ends texts elsewhere', () => {
    expect(foldedText('a\0b')).toBeUndefined();
  });

  test('keeps every other character as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        const folded = foldedText(text) ?? '';
        expect(folded).toHaveLength(text.length);
        expect(folded).not.toMatch(/[A-Z]/);
        expect(foldedText(folded)).toBe(folded);
        for (const [index, unit] of text.split('').entries()) {
          if (!/[A-Z]/.test(unit)) expect(folded[index]).toBe(unit);
        }
      }),
    );
  });
});
