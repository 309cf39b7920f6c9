import { describe, expect, it } from '@jest/globals';
import type { PairedDifference } from '../../contracts/evaluations.ts';
import { seeded } from '../../contracts/seeded.ts';
import type {
  EvaluatedCase,
  Target,
  VersionAnswer,
} from '../../functions/monitoring/domain/evaluation/answered-case.ts';
import { compareAnswers } from '../../functions/monitoring/domain/evaluation/compare.ts';
import { measureAnswers } from '../../functions/monitoring/domain/evaluation/measure.ts';

const numbers: Target = { kind: 'number', tolerance: 1 };
const classes: Target = { kind: 'class', classes: ['benign', 'malignant'] };

const caseOf = (label: EvaluatedCase['label'], subject: string | null = null): EvaluatedCase => ({
  input: {},
  label,
  subject,
});
const answersOf = (labels: readonly number[]): VersionAnswer[] => labels.map((label) => ({ label }));
const told = (malignant: number): VersionAnswer => ({
  label: malignant > 0.5 ? 'malignant' : 'benign',
  probabilities: [1 - malignant, malignant],
});

const compared = (
  target: Target,
  cases: readonly EvaluatedCase[],
  first: readonly VersionAnswer[],
  second: readonly VersionAnswer[],
): Map<string, PairedDifference> => {
  const found = compareAnswers(
    target,
    cases,
    { version: 'v2.0.0', answers: first },
    { version: 'v1.0.0', answers: second },
    seeded(1),
  );
  return new Map(found.map((difference) => [difference.metric, difference]));
};

/** Of regressors. @param noise - how far each version is from the truth, at most */
const comparedNumbers = (labels: readonly number[], noise: readonly [number, number]) => {
  const random = seeded(3);
  const [first, second] = noise.map((most) => answersOf(labels.map((label) => label + most * (2 * random() - 1))));
  const cases = labels.map((label) => caseOf(label));
  return {
    cases,
    first: first ?? [],
    second: second ?? [],
    found: compared(numbers, cases, first ?? [], second ?? []),
  };
};

describe('a comparison of regressors', () => {
  it.each([
    ['one value', Array.from({ length: 30 }, () => 5)],
    ['one value that is rounded', Array.from({ length: 30 }, () => 0.1)],
    ['two cases', [1, 2]],
    ['three cases', [1, 2, 4]],
    ['one case that differs', [1, 1, 1, 1, 2]],
    ['one of many that differs', Array.from({ length: 200 }, (_, index) => Number(index === 0))],
  ])('has no r2, and no number that is none, of %s', (_, labels) => {
    const { found } = comparedNumbers(labels, [0.1, 0.4]);
    expect([...found.keys()]).toEqual(['mae', 'mse', 'rmse', 'withinTolerance']);
    for (const { difference, lower, upper } of found.values()) {
      expect([difference, lower, upper].every(Number.isFinite)).toBe(true);
    }
  });

  it('has an r2 where few samples of the cases are of one value', () => {
    const { found } = comparedNumbers(
      Array.from({ length: 30 }, (_, index) => Math.max(0, index - 26)),
      [0.1, 0.4],
    );
    const { difference = 0, lower = 0, upper = 0 } = found.get('r2') ?? {};
    expect(lower).toBeLessThan(difference);
    expect(upper).toBeGreaterThan(difference);
  });

  it('claims nothing from five cases', () => {
    const { found } = comparedNumbers([1, 2, 4, 7, 9], [0, 3]);
    for (const { better, lower, upper } of found.values()) {
      expect(better).toBeNull();
      expect(lower).toBeLessThanOrEqual(0);
      expect(upper).toBeGreaterThanOrEqual(0);
    }
  });

  it('leaves out what overflows', () => {
    const cases = Array.from({ length: 20 }, (_, index) => caseOf(index));
    const found = compared(numbers, cases, answersOf(cases.map(() => 1e200)), answersOf(cases.map(() => 1)));
    expect([...found.keys()]).toEqual(['mae', 'withinTolerance']);
  });

  it('tells the r2 of labels far from 0 as their metrics do', () => {
    const random = seeded(9);
    const seconds = Array.from({ length: 200 }, () => 1.7e9 + Math.floor(100 * random()));
    const { cases, first, second, found } = comparedNumbers(seconds, [10, 15]);
    const r2Of = (answers: VersionAnswer[]): number => Number(measureAnswers(numbers, cases, answers).r2);
    expect(found.get('r2')?.difference).toBeCloseTo(r2Of(first) - r2Of(second), 9);
    expect(found.get('r2')).toMatchObject({ better: true });
  });

  it('counts a failure as outside the tolerance, and leaves it out of the errors', () => {
    const cases = Array.from({ length: 40 }, (_, index) => caseOf(index));
    const near = answersOf(cases.map(({ label }) => Number(label) + 0.5));
    const failing = near.map((answer, index) => (index % 2 === 0 ? answer : undefined));
    const found = compared(numbers, cases, failing, near);
    expect(found.get('withinTolerance')).toMatchObject({ difference: -0.5, better: false });
    expect(found.get('mae')).toMatchObject({ difference: 0, better: null });
    const never = compared(
      numbers,
      cases,
      cases.map(() => undefined),
      near,
    );
    expect([...never.keys()]).toEqual(['withinTolerance']);
  });
});

/** Cases of which every fourth is malignant, and answers that know it to a degree. */
const versionOf = (count: number): { cases: EvaluatedCase[]; answers: VersionAnswer[] } => {
  const random = seeded(5);
  const cases = Array.from({ length: count }, (_, index) => caseOf(index % 4 === 0 ? 'malignant' : 'benign'));
  return { cases, answers: cases.map(({ label }) => told((label === 'malignant' ? 0.5 : 0.2) + 0.3 * random())) };
};

describe('a comparison of classifiers', () => {
  it.each(['malignant', 'benign'])('finds a version that fails on %s cases worse by every metric', (side) => {
    const { cases, answers } = versionOf(400);
    const failing = answers.map((answer, index) =>
      cases[index]?.label === side && index % 8 < 4 ? undefined : answer,
    );
    const found = compared(classes, cases, failing, answers);
    expect([...found.values()].map(({ better }) => better)).toEqual([false, false, false, false, false]);
    const areaOf = (given: VersionAnswer[]): number => Number(measureAnswers(classes, cases, given).rocAuc);
    expect(found.get('rocAuc')?.difference).toBeCloseTo(areaOf(failing) - areaOf(answers), 12);
  });

  it('ranks by the probability of the second class, as the area of each version does', () => {
    const { cases } = versionOf(40);
    const sure = (share: number): VersionAnswer => ({ label: 'malignant', probabilities: [share, 1] });
    const [first, second] = [cases.map((_, index) => sure(index / 1e9)), cases.map((_, index) => sure(-index / 1e9))];
    const found = compared(classes, cases, first, second);
    expect(found.get('rocAuc')).toMatchObject({ difference: 0, better: null });
    expect(measureAnswers(classes, cases, first)).toMatchObject({ rocAuc: 0.5 });
  });

  it('has wider intervals where ten cases are of one subject', () => {
    const random = seeded(8);
    const [chances, others] = [1, 2].map(() => Array.from({ length: 40 }, random)) as [number[], number[]];
    const cases = Array.from({ length: 400 }, (_, index) => caseOf(index % 80 < 40 ? 'malignant' : 'benign'));
    const first = cases.map((_, index) => told(chances[index % 40] as number));
    const second = cases.map((_, index) => told(others[index % 40] as number));
    const ofSubjects = cases.map((row, index) => ({ ...row, subject: `sub ${index % 80}` }));
    const [alike, apart] = [compared(classes, ofSubjects, first, second), compared(classes, cases, first, second)];
    const widthOf = (found: PairedDifference | undefined): number => (found?.upper ?? 0) - (found?.lower ?? 0);
    for (const metric of ['accuracy', 'balancedAccuracy', 'logLoss', 'brier', 'rocAuc']) {
      expect(widthOf(alike.get(metric)) / widthOf(apart.get(metric))).toBeGreaterThan(1.8);
    }
  });

  it('claims nothing from five cases on which versions disagree, and something from six', () => {
    const claimOf = (disagreed: number): boolean | null | undefined => {
      const { cases } = versionOf(300);
      const right = cases.map(({ label }) => told(label === 'malignant' ? 0.9 : 0.1));
      const wrong = right.map((answer, index) => (index < disagreed ? told(index % 4 === 0 ? 0.1 : 0.9) : answer));
      return compared(classes, cases, right, wrong).get('accuracy')?.better;
    };
    expect([claimOf(4), claimOf(5), claimOf(6)]).toEqual([null, null, true]);
    const { cases, answers } = versionOf(50);
    const { lower = 0, upper = 0 } = compared(classes, cases, answers, answers).get('accuracy') ?? {};
    expect([lower, upper]).toEqual([expect.closeTo(-0.0713, 4), expect.closeTo(0.0713, 4)]);
  });
});
