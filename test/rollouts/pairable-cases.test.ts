import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pairableCases } from '../../functions/rollouts/domain/pairable-cases.ts';
import { caseRow } from './case-rows.ts';

/** Segments of subjects, the first of which has the number 1; and the first segment of each, as the ledger keeps it. */
const ledgerOf = (subjects: readonly (readonly (string | null)[])[]) => {
  const segments = subjects.map((some, index) => ({
    sequence: index + 1,
    rows: some.map((subject, place) => caseRow(index * 100 + place, subject)),
  }));
  const firstSegments = new Map<string, number>();
  for (const [index, some] of subjects.entries()) {
    for (const subject of some) {
      if (subject !== null && !firstSegments.has(subject)) firstSegments.set(subject, index + 1);
    }
  }
  return { segments, firstSegments };
};

const paired = (cut: number, subjects: readonly (readonly (string | null)[])[], from = cut): (string | null)[] => {
  const { segments, firstSegments } = ledgerOf(subjects);
  const read = segments.filter(({ sequence }) => sequence > from);
  return pairableCases(cut, read, firstSegments).map(({ row }) => row.subject);
};

describe('the cases that make pairs', () => {
  it('are one of each subject, its first, and all without subject', () => {
    expect(
      paired(0, [
        ['a', 'b', 'a', null],
        ['b', 'c', null, 'c'],
      ]),
    ).toEqual(['a', 'b', null, 'c', null]);
  });

  it('are none of a dataset, nor of subjects in one', () => {
    expect(
      paired(1, [
        ['a', null],
        ['a', 'b', null],
      ]),
    ).toEqual(['b', null]);
  });

  it('are the first of their subjects also where they are read in bites, so no subject comes twice', () => {
    const subject = fc.oneof(fc.constant(null), fc.constantFrom('a', 'b', 'c', 'd', 'e'));
    const ledger = fc.array(fc.array(subject, { maxLength: 6 }), { maxLength: 8 });
    fc.assert(
      fc.property(ledger, fc.nat({ max: 3 }), fc.nat({ max: 8 }), (subjects, cut, middle) => {
        const { segments, firstSegments } = ledgerOf(subjects);
        const split = Math.max(cut, middle);
        const bites = [
          segments.filter(({ sequence }) => sequence > cut && sequence <= split),
          segments.filter(({ sequence }) => sequence > split),
        ];
        const all = bites.flatMap((bite) => pairableCases(cut, bite, firstSegments));
        const named = all.flatMap(({ row }) => row.subject ?? []);
        expect(new Set(named).size).toBe(named.length);
        expect(all.map(({ row }) => row.subject)).toEqual(paired(cut, subjects));
      }),
    );
  });
});
