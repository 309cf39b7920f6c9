import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupsOf, leastGroup } from '../../functions/models/domain/groups.ts';
import type { Holdout } from '../../functions/models/domain/holdout-predictions.ts';
import { notWorseFinding, notWorseOnGoldFinding, slicesFinding } from '../../functions/models/domain/not-worse.ts';

const version = 'v1.0.0';
const rows = 60;
const labels = Array.from({ length: rows }, (_, row) => 10 * row);
const off = (by: (row: number) => number) => labels.map((label, row) => label + by(row));

describe('a regressor is compared with the champion by the sizes of its errors', () => {
  const champion = off((row) => (row % 2 === 0 ? 1 : -1));

  test('one that is further from the truth is worse, on whichever side', () => {
    const challenger = off((row) => (row % 3 === 0 ? 1.5 : -2));
    const finding = notWorseFinding({ version, labels, champion, challenger }, 0.05);
    expect(finding).toMatchObject({ check: 'not-worse', passed: false, numbers: { rows, championError: 1 } });
    expect(finding.detail).toContain('a mean absolute error of 1.83 against 1.00');
  });

  test('one that is nearer is not, nor one with the same errors on other cases', () => {
    for (const challenger of [off(() => 0.5), off((row) => (row % 2 === 0 ? -1 : 1))]) {
      expect(notWorseFinding({ version, labels, champion, challenger }, 0.05).passed).toBe(true);
    }
  });

  test('one gross error does not make a version worse that is better on every other case', () => {
    const challenger = off((row) => (row === 0 ? 1e6 : 0.5));
    expect(notWorseFinding({ version, labels, champion, challenger }, 0.05).passed).toBe(true);
  });

  test('a failure counts as the largest error, and leaves no number that JSON does not have', () => {
    const challenger = champion.map((value, row) => (row < 20 ? undefined : value));
    const { passed, numbers } = notWorseFinding({ version, labels, champion, challenger }, 0.05);
    expect(passed).toBe(false);
    expect(Object.values(numbers ?? {}).every(Number.isFinite)).toBe(true);
  });

  test('versions that are as good as each other are told apart as rarely as the significance says', () => {
    const error = fc.double({ min: -5, max: 5, noNaN: true });
    const samples = fc.sample(fc.array(fc.tuple(error, error), { minLength: 60, maxLength: 60 }), {
      numRuns: 400,
      seed: 11,
    });
    const refused = samples.filter((errors) => {
      const [theirs, ours] = [off((row) => errors[row]?.[0] ?? 0), off((row) => errors[row]?.[1] ?? 0)];
      return !notWorseFinding({ version, labels, champion: theirs, challenger: ours }, 0.05).passed;
    });
    expect(refused.length / samples.length).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
  });
});

describe('gold cases', () => {
  const [champion, challenger] = [off(() => 1), off(() => 2)];

  test('are compared on from twenty on', () => {
    const few = { version, labels: labels.slice(0, 19), champion, challenger };
    expect(notWorseOnGoldFinding(few, 19, 0.05)).toMatchObject({ passed: true, numbers: { rows: 19 } });
    const enough = { version, labels: labels.slice(0, 20), champion, challenger };
    expect(notWorseOnGoldFinding(enough, 20, 0.05)).toMatchObject({ check: 'not-worse-on-gold', passed: false });
  });

  test('say nothing where no version serves yet', () => {
    expect(notWorseOnGoldFinding(undefined, 20, 0.05)).toMatchObject({ passed: true });
  });
});

describe('classes and slices', () => {
  const signature = { numeric: ['smoker', 'age'], categorical: ['side'], classes: ['no', 'yes'] };
  const classes = Array.from({ length: rows }, (_, row) => (row < 30 ? 'no' : 'yes'));
  const holdout: Holdout = {
    signature,
    rows,
    labels: classes,
    numeric: Float32Array.from({ length: 2 * rows }, (_, index) =>
      index % 2 === 0 ? Number(index >= rows) : 40 + ((index - 1) / 2) * 0.5,
    ),
    categorical: classes.map((_, row) => (row % 2 === 0 ? 'left' : '')),
    expected: new Float32Array(2 * rows),
  };

  test('are groups of at least twenty cases, each named by what they have in common', () => {
    const groups = groupsOf(holdout, ['smoker', 'age', 'side', 'zip']);
    expect(groups.map(({ name, rows: { length } }) => [name, length])).toEqual([
      ['label = no', 30],
      ['label = yes', 30],
      ['smoker = false', 30],
      ['smoker = true', 30],
      ['age = 40 to 49', 20],
      ['age = 50 to 59', 20],
      ['age = 60 to 69', 20],
      ['side = left', 30],
      ['side = (missing)', 30],
    ]);
    expect(groups.every(({ rows: { length } }) => length >= leastGroup)).toBe(true);
  });

  test('on which a version is worse are a notice, and keep nobody out', () => {
    const challenger = classes.map((label) => (label === 'yes' ? 'no' : label));
    const finding = slicesFinding(
      { version, labels: classes, champion: classes, challenger },
      groupsOf(holdout, []),
      0.05,
    );
    expect(finding).toMatchObject({ check: 'slices', passed: true, numbers: { groups: 2, worse: 1 } });
    expect(finding.detail).toMatch(/^notice: it is worse than v1.0.0 on 1 of 2 .*: label = yes \(30 cases: 0 right/);
  });

  test('on which it is as good say so', () => {
    const finding = slicesFinding(
      { version, labels: classes, champion: classes, challenger: classes },
      groupsOf(holdout, ['side']),
      0.05,
    );
    expect(finding.detail).toMatch(/^no evidence, at 0.05 .* 4 classes and slices/);
  });
});
