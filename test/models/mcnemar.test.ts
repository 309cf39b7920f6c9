import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mcNemarWorse } from '../../functions/models/domain/mcnemar.ts';

const reference = JSON.parse(readFileSync(`${import.meta.dirname}/reference/mcnemar.json`, 'utf8')) as number[][];
const count = fc.integer({ min: 0, max: 2000 });

describe('the exact McNemar test that a challenger is worse', () => {
  test.each(reference)(
    'gives the exact binomial tail for b = %d and c = %d',
    (championOnly, challengerOnly, pValue) => {
      const found = mcNemarWorse({ championOnly: championOnly ?? 0, challengerOnly: challengerOnly ?? 0 });
      expect(Math.abs(found / (pValue ?? 0) - 1)).toBeLessThan(1e-9);
    },
  );

  test('gives a probability', () => {
    fc.assert(
      fc.property(count, count, (championOnly, challengerOnly) => {
        const pValue = mcNemarWorse({ championOnly, challengerOnly });
        return pValue >= 0 && pValue <= 1;
      }),
    );
  });

  test('grows more certain the more of the discordant pairs the champion wins', () => {
    fc.assert(
      fc.property(count, fc.integer({ min: 1, max: 500 }), (championOnly, challengerOnly) => {
        const before = mcNemarWorse({ championOnly, challengerOnly });
        const after = mcNemarWorse({ championOnly: championOnly + 1, challengerOnly: challengerOnly - 1 });
        return after <= before + 1e-12;
      }),
    );
  });

  test('finds nothing where the versions differ on no case', () => {
    expect(mcNemarWorse({ championOnly: 0, challengerOnly: 0 })).toBe(1);
  });
});
