import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addAnswers, noTotals, pointsOf } from '../../functions/monitoring/domain/tally.ts';

const answers = fc.array(
  fc.record({
    segment: fc.integer({ min: 1, max: 9 }),
    label: fc.constantFrom('benign', 'malignant'),
    given: fc.constantFrom('benign', 'malignant', undefined),
  }),
);

describe('a tally of answers', () => {
  it('is the same in one piece as in two', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        expect(addAnswers(addAnswers(noTotals, one, 0), other, 0)).toEqual(addAnswers(noTotals, [...one, ...other], 0));
      }),
    );
  });

  it('puts each case into the confusion or among the failures', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const { cases, correct, failures, confusion } = addAnswers(noTotals, given, 0);
        const said = Object.values(confusion).flatMap((row) => Object.values(row));
        expect(said.reduce((sum, count) => sum + count, failures)).toBe(cases);
        expect(correct).toBe((confusion.benign?.benign ?? 0) + (confusion.malignant?.malignant ?? 0));
      }),
    );
  });

  it('counts classes whatever they are called, and touches nothing else', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const given = names.flatMap((label) => names.map((said) => ({ segment: 1, label, given: said })));
    const { confusion } = addAnswers(addAnswers(noTotals, given, 0), given, 0);
    const counted = Object.entries(confusion).map(([label, said]) => [label, Object.entries(said)]);
    expect(counted).toEqual(names.map((label) => [label, names.map((said) => [said, 2])]));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('gives a point for each segment, in order, that sum up to it', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const points = pointsOf(given, 0);
        const segments = points.map(({ segment }) => segment);
        expect(segments).toEqual([...new Set(given.map(({ segment }) => segment))].sort((one, other) => one - other));
        const { cases, correct } = addAnswers(noTotals, given, 0);
        const sum = (member: 'cases' | 'correct') => points.reduce((total, point) => total + point[member], 0);
        expect([sum('cases'), sum('correct')]).toEqual([cases, correct]);
      }),
    );
  });

  it('of numbers counts as correct what is within the tolerance, and sums how far answers were off', () => {
    const given = [
      { segment: 1, label: 10, given: 12 },
      { segment: 1, label: 10, given: 7 },
      { segment: 2, label: -1, given: -1 },
      { segment: 2, label: 3, given: undefined },
    ];
    const totals = addAnswers(noTotals, given, 2);
    expect(totals).toEqual({ cases: 4, correct: 2, failures: 1, confusion: {}, absoluteError: 5 });
    expect(addAnswers(totals, given, 2)).toMatchObject({ cases: 8, correct: 4, absoluteError: 10 });
    expect(pointsOf(given, 2)).toEqual([
      { segment: 1, cases: 2, correct: 1 },
      { segment: 2, cases: 2, correct: 1 },
    ]);
  });

  it('has no error where nobody gave a number', () => {
    expect(addAnswers(noTotals, [{ segment: 1, label: 3, given: undefined }], 2)).not.toHaveProperty('absoluteError');
  });
});
