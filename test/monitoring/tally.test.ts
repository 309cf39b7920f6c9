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
        expect(addAnswers(addAnswers(noTotals, one), other)).toEqual(addAnswers(noTotals, [...one, ...other]));
      }),
    );
  });

  it('puts each case into the confusion or among the failures', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const { cases, correct, failures, confusion } = addAnswers(noTotals, given);
        const said = Object.values(confusion).flatMap((row) => Object.values(row));
        expect(said.reduce((sum, count) => sum + count, failures)).toBe(cases);
        expect(correct).toBe((confusion.benign?.benign ?? 0) + (confusion.malignant?.malignant ?? 0));
      }),
    );
  });

  it('gives a point for each segment, in order, that sum up to it', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const points = pointsOf(given);
        const segments = points.map(({ segment }) => segment);
        expect(segments).toEqual([...new Set(given.map(({ segment }) => segment))].sort((one, other) => one - other));
        const { cases, correct } = addAnswers(noTotals, given);
        const sum = (member: 'cases' | 'correct') => points.reduce((total, point) => total + point[member], 0);
        expect([sum('cases'), sum('correct')]).toEqual([cases, correct]);
      }),
    );
  });
});
