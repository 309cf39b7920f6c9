import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pairsOf } from '../../functions/rollouts/domain/paired-process.ts';
import { tallyPairs } from '../../functions/rollouts/domain/pairs.ts';

const given = fc.constantFrom('a', 'b', undefined);
const cases = fc.array(fc.record({ label: fc.constantFrom('a', 'b'), champion: given, challenger: given }));

describe('a tally of pairs', () => {
  it('counts by who was right, and a challenger that failed as wrong', () => {
    const label = 'a';
    expect(
      tallyPairs(
        [
          { label, champion: 'a', challenger: 'a' },
          { label, champion: 'a', challenger: 'b' },
          { label, champion: 'b', challenger: 'a' },
          { label, champion: 'a', challenger: undefined },
          { label, champion: 'b', challenger: undefined },
        ],
        0,
      ),
    ).toEqual({ counts: { both: 1, championOnly: 2, challengerOnly: 1, neither: 1 }, failures: 2, leftOut: 0 });
  });

  it('leaves a case out on which the champion failed: there is nothing to compare with', () => {
    expect(tallyPairs([{ label: 'a', champion: undefined, challenger: 'a' }], 0)).toMatchObject({
      leftOut: 1,
      failures: 0,
    });
  });

  it('counts each case once', () => {
    fc.assert(
      fc.property(cases, (scored) => {
        const { counts, leftOut } = tallyPairs(scored, 0);
        expect(pairsOf(counts) + leftOut).toBe(scored.length);
      }),
    );
  });

  it('of numbers takes for right what is within the tolerance of the label', () => {
    const label = 10;
    const scored = [
      { label, champion: 9, challenger: 12 },
      { label, champion: 8, challenger: 12.5 },
      { label, champion: 100, challenger: 10 },
      { label, champion: 0, challenger: 7.9 },
      { label, champion: 10, challenger: undefined },
      { label, champion: undefined, challenger: 10 },
    ];
    expect(tallyPairs(scored, 2)).toEqual({
      counts: { both: 1, championOnly: 2, challengerOnly: 1, neither: 1 },
      failures: 1,
      leftOut: 1,
    });
  });
});
