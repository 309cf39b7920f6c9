import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arrangeFor, readHoldout } from '../../functions/models/domain/holdout-predictions.ts';
import { bytesOf, servableOf } from './trained.ts';

const { signature } = servableOf('categorical');
const text = new TextDecoder().decode(bytesOf('categorical/holdout-predictions.jsonl'));
const holdout = readHoldout(text, signature);

const orderOf = (names: readonly string[]) => fc.shuffledSubarray([...names], { minLength: names.length });

describe('the holdout', () => {
  test('is read row by row, what is missing as NaN and the empty string', () => {
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(holdout.rows).toBe(lines.length);
    expect(holdout.labels).toEqual(lines.map(({ label }) => label));
    const row = lines.findIndex(({ numeric, categorical }) => numeric.includes(null) && categorical.includes(''));
    const k = signature.numeric.length;
    expect([...holdout.numeric.subarray(row * k, (row + 1) * k)]).toEqual(
      lines[row].numeric.map((value: number | null) => (value === null ? Number.NaN : Math.fround(value))),
    );
  });

  test('has the same value in the same column, in whatever order the columns are', () => {
    fc.assert(
      fc.property(orderOf(signature.numeric), orderOf(signature.categorical), (numeric, categorical) => {
        const turned = arrangeFor(holdout, { ...signature, numeric, categorical });
        for (let row = 0; row < holdout.rows; row += 1) {
          for (const [column, name] of numeric.entries()) {
            const source = signature.numeric.indexOf(name);
            expect(turned.numeric[row * numeric.length + column]).toBe(holdout.numeric[row * numeric.length + source]);
          }
          for (const [column, name] of categorical.entries()) {
            const source = signature.categorical.indexOf(name);
            expect(turned.categorical[row * categorical.length + column]).toBe(
              holdout.categorical[row * categorical.length + source],
            );
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
