import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seeded } from '../../contracts/seeded.ts';
import { classificationMetrics } from '../../functions/monitoring/domain/metrics/classification.ts';
import { areaDifference } from '../../functions/monitoring/domain/metrics/delong.ts';
import {
  type Difference,
  type PairedMetric,
  pairedDifferences,
} from '../../functions/monitoring/domain/metrics/paired-difference.ts';
import { regressionMetrics } from '../../functions/monitoring/domain/metrics/regression.ts';

interface Reference {
  readonly classification: {
    readonly classes: number;
    readonly truth: number[];
    readonly probabilities: number[][];
    readonly expected: Record<string, number> & { readonly confusion: number[][] };
  }[];
  readonly regression: {
    readonly truth: number[];
    readonly given: number[];
    readonly tolerance: number;
    readonly expected: Record<string, number>;
  }[];
  readonly areaDifference: {
    readonly positive: boolean[];
    readonly first: number[];
    readonly second: number[];
    readonly expected: { readonly difference: number; readonly deviation: number };
  }[];
}

/** By scikit-learn and NumPy: reference/metrics.py. */
const reference: Reference = JSON.parse(readFileSync(new URL('reference/metrics.json', import.meta.url), 'utf8'));

const likeliest = (row: readonly number[]): number => row.indexOf(Math.max(...row));
const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `class ${index}`);

describe('metrics of a classifier', () => {
  it.each(reference.classification)('are those of scikit-learn with $classes classes', (given) => {
    const scored = given.truth.map((truth, index) => {
      const probabilities = given.probabilities[index] as number[];
      return { truth, given: likeliest(probabilities), probabilities };
    });
    const metrics = classificationMetrics(scored, namesOf(given.classes));
    const { confusion, ...expected } = given.expected;
    expect(metrics.confusionMatrix.counts).toEqual(confusion);
    for (const [name, value] of Object.entries(expected)) expect(metrics[name]).toBeCloseTo(value, 8);
  });

  it('count a case without an answer as wrong, with probability 0', () => {
    const right = { truth: 0, given: 0, probabilities: [1, 0] };
    const failed = { truth: 1, given: undefined, probabilities: [] };
    const metrics = classificationMetrics([right, failed], ['a', 'b']);
    expect(metrics).toMatchObject({ accuracy: 0.5, recall: 0.5, brier: 0.5 });
    expect(metrics.logLoss).toBeGreaterThan(15);
    expect(metrics.confusionMatrix.counts).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  it('calibrate the class that was given, in ten bins that hold every answer', () => {
    const scored = [0.5, 0.55, 0.95, 1].map((probability, index) => ({
      truth: index % 2,
      given: 0,
      probabilities: [probability, 1 - probability],
    }));
    const bins = classificationMetrics(scored, ['a', 'b']).calibration ?? [];
    expect(bins.map(({ cases }) => cases)).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 0, 2]);
    expect(bins[5]).toMatchObject({ meanProbability: 0.525, positiveShare: 0.5 });
  });
});

describe('metrics of a regressor', () => {
  it.each(reference.regression)('are those of scikit-learn', ({ truth, given, tolerance, expected }) => {
    const metrics = regressionMetrics(
      truth.map((value, index) => ({ truth: value, given: given[index] })),
      tolerance,
    );
    for (const [name, value] of Object.entries(expected)) expect(metrics[name]).toBeCloseTo(value, 8);
  });

  it('have no r2 where the truth does not vary', () => {
    expect(
      regressionMetrics(
        [
          { truth: 1, given: 2 },
          { truth: 1, given: 1 },
        ],
        0.5,
      ),
    ).toMatchObject({
      r2: null,
      mae: 0.5,
      withinTolerance: 0.5,
    });
  });
});

describe('the difference of two areas', () => {
  it.each(reference.areaDifference)('has the variance of DeLong', ({ positive, first, second, expected }) => {
    const { difference, lower, upper } = areaDifference(first, second, positive);
    expect(difference).toBeCloseTo(expected.difference, 8);
    expect((upper - lower) / 2).toBeCloseTo(1.959963984540054 * expected.deviation, 8);
  });
});

const share: PairedMetric<number> = {
  name: 'share',
  lowerIsBetter: false,
  terms: (value) => [value],
  metric: ([mean = 0]) => mean,
};
/** Of two sets of answers, 1 where one was right. */
const differenceOf = (
  first: number[],
  second: number[],
  seed: number,
  subjects: (string | null)[] = first.map(() => null),
): Difference => pairedDifferences([share], first, second, subjects, seeded(seed))[0] as Difference;

describe('the paired difference', () => {
  it('of a version and itself is nothing, whatever the cases', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 50 }), (right) => {
        expect(differenceOf(right, right, 1)).toEqual({ difference: 0, lower: 0, upper: 0 });
      }),
      { numRuns: 20 },
    );
  });

  it('has an interval as wide as the normal one where cases are independent', () => {
    const random = seeded(7);
    const [first, second] = [0.9, 0.8].map((share) => Array.from({ length: 400 }, () => Number(random() < share)));
    const [mine = [], theirs = []] = [first, second];
    const differences = mine.map((right, index) => right - (theirs[index] as number));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / differences.length;
    const found = differenceOf(mine, theirs, 2);
    const width = found.upper - found.lower;
    expect(found.difference).toBeCloseTo(mean, 12);
    expect(width).toBeGreaterThan(0.9 * 3.92 * Math.sqrt(variance / 400));
    expect(width).toBeLessThan(1.1 * 3.92 * Math.sqrt(variance / 400));
  });

  it('is wider where the cases of a subject are alike', () => {
    const right = Array.from({ length: 200 }, (_, index) => Number(Math.floor(index / 20) % 2 === 0));
    const none = right.map(() => 0);
    const subjects = right.map((_, index) => `sub ${Math.floor(index / 20)}`);
    const widthOf = (by: (string | null)[]): number => {
      const { lower, upper } = differenceOf(right, none, 3, by);
      return upper - lower;
    };
    expect(widthOf(subjects)).toBeGreaterThan(3 * widthOf(subjects.map(() => null)));
  });
});
