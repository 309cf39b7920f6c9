import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VersionName } from '../../contracts/identifiers.ts';
import { decodeCursor, encodeCursor, pageOf } from '../../functions/platform/cursor.ts';

describe('a cursor', () => {
  test('leads back to its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (position) => {
        expect(decodeCursor(encodeCursor(position))).toBe(position);
      }),
    );
  });

  test('is absent where there is no further page', () => {
    expect(encodeCursor(undefined)).toBeUndefined();
    expect(encodeCursor(null)).toBeUndefined();
    expect(decodeCursor(undefined)).toBeUndefined();
  });

  test.each(['', '%%%', 'a', 'YWJj=', ' YWJj'])('that no list gave is refused: %j', (cursor) => {
    expect(() => decodeCursor(cursor)).toThrow('Expected the nextCursor of the page before');
  });

  test('of another list is refused where the list knows its places', () => {
    expect(decodeCursor(encodeCursor('v1.2.0'), VersionName)).toBe('v1.2.0');
    expect(() => decodeCursor(encodeCursor('diagnosis'), VersionName)).toThrow('Expected the nextCursor');
  });
});

describe('pages', () => {
  test('give each item of a list once and in order, and the last page no cursor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 15 }), (count, limit) => {
        const list = Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const after = decodeCursor(cursor) ?? '';
          const found = list.filter((item) => item > after).slice(0, limit + 1);
          const page = pageOf(found, limit, (item) => item);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          expect(page.items.length > 0 || count === 0).toBe(true);
          seen.push(...page.items);
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        expect(seen).toEqual(list);
      }),
    );
  });
});
