import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seeded } from '../../contracts/seeded.ts';
import { type Bounds, bootstrapBounds } from '../../functions/monitoring/domain/metrics/bootstrap.ts';
import { bySubject } from '../../functions/monitoring/domain/metrics/by-subject.ts';
import { classificationMetrics } from '../../functions/monitoring/domain/metrics/classification.ts';
import { areaDifference } from '../../functions/monitoring/domain/metrics/delong.ts';
import type { Difference } from '../../functions/monitoring/domain/metrics/difference.ts';
import { jackknifeBounds } from '../../functions/monitoring/domain/metrics/jackknife.ts';
import { pairedDifferences } from '../../functions/monitoring/domain/metrics/paired-difference.ts';
import { shareDifference } from '../../functions/monitoring/domain/metrics/paired-shares.ts';
import { type PairedMetric, pairedTerms } from '../../functions/monitoring/domain/metrics/paired-terms.ts';
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
    const rounded = Array.from({ length: 30 }, (_, index) => ({ truth: 0.1, given: 0.1 + (index % 3) / 10 }));
    expect(regressionMetrics(rounded, 0.5)).toMatchObject({ r2: null });
  });

  it('of a version that never answered are no errors of 0', () => {
    const failed = [1, 2, 3].map((truth) => ({ truth, given: undefined }));
    expect(regressionMetrics(failed, 0.5)).toEqual({
      cases: 3,
      failures: 3,
      mae: null,
      mse: null,
      rmse: null,
      r2: null,
      withinTolerance: 0,
    });
  });
});

describe('the difference of two areas', () => {
  it('has the same variance over subjects as over one case of each, however often each case is repeated', () => {
    const { positive, first, second } = reference.areaDifference[0] as Reference['areaDifference'][number];
    const thrice = <Value>(values: readonly Value[]): Value[] => values.flatMap((value) => [value, value, value]);
    const subjects = positive.map((_, index) => `sub ${index}`);
    const once = areaDifference(first, second, positive, subjects) as Difference;
    const found = areaDifference(thrice(first), thrice(second), thrice(positive), thrice(subjects)) as Difference;
    for (const key of ['difference', 'lower', 'upper'] as const) expect(found[key]).toBeCloseTo(once[key], 10);
  });

  it('takes together the cases of a subject on both sides', () => {
    // given pairs of a positive and a negative case that both versions rank alike or against each other
    const random = seeded(4);
    const positive = Array.from({ length: 400 }, (_, index) => index % 2 === 0);
    const shared = Array.from({ length: 200 }, () => random());
    const second = positive.map(() => random());
    const first = positive.map((_, index) => shared[index >> 1] as number);
    const widthOf = (subjects: (string | null)[]): number => {
      const { lower, upper } = areaDifference(first, second, positive, subjects) as Difference;
      return upper - lower;
    };
    // then what one side gains the other loses, and the interval is narrower than among strangers
    expect(widthOf(positive.map((_, index) => `sub ${index >> 1}`))).toBeLessThan(
      0.85 * widthOf(positive.map(() => null)),
    );
  });

  it('of exchangeable versions is seldom claimed, however many cases a subject has', () => {
    const random = seeded(8);
    const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
    const [each, subjects] = [10, Array.from({ length: 400 }, (_, index) => `sub ${Math.floor(index / 10)}`)];
    const positive = subjects.map((_, index) => Math.floor(index / each) % 2 === 0);
    const scores = (): number[] => {
      const own = Array.from({ length: subjects.length / each }, normal);
      return positive.map((one, index) => Number(one) + (own[Math.floor(index / each)] as number) + 0.2 * random());
    };
    const claims = Array.from({ length: 100 }, () => areaDifference(scores(), scores(), positive, subjects)).filter(
      (found) => found === undefined || found.lower > 0 || found.upper < 0,
    );
    // As strangers, the same cases make for 55 claims of 100.
    expect(claims.length).toBeLessThanOrEqual(12);
  });

  it('is told of two subjects with positive cases and more', () => {
    const positive = [true, true, false, false, false];
    const scores = [0.9, 0.2, 0.4, 0.1, 0.3];
    expect(areaDifference(scores, scores, positive, ['a', 'a', 'b', 'c', 'd'])).toBeUndefined();
    expect(areaDifference(scores, scores, positive, ['a', 'b', 'b', 'c', 'd'])).toBeDefined();
  });

  it.each(reference.areaDifference)('has the variance of DeLong', ({ positive, first, second, expected }) => {
    const apart = positive.map(() => null);
    const { difference, lower, upper } = areaDifference(first, second, positive, apart) as Difference;
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

describe('intervals of many subjects', () => {
  const square: PairedMetric<number> = {
    name: 'root',
    lowerIsBetter: true,
    terms: (value) => [value ** 2],
    metric: ([mean = 0]) => Math.sqrt(mean),
  };
  const versionsOf = (subjects: number): { mine: number[]; theirs: number[]; by: string[] } => {
    const random = seeded(subjects);
    const by = Array.from({ length: 2 * subjects }, (_, index) => `sub ${index >> 1}`);
    const mine = by.map((_, index) => (index % 2) + random());
    return { mine, theirs: mine.map((value) => value + 0.5 * random() - 0.25), by };
  };

  it('are as wide by leaving subjects out as by resampling', () => {
    const { mine, theirs, by } = versionsOf(600);
    const terms = pairedTerms([square], mine, theirs, bySubject(by));
    const [total, row, whole] = [new Float64Array(terms.width), new Float64Array(terms.width), new Float64Array(1)];
    for (let subject = 0; subject < 600; subject += 1) {
      terms.read(subject, row);
      for (const [term, value] of row.entries()) total[term] = (total[term] as number) + value;
    }
    terms.differences(total, whole);
    const [resampled] = bootstrapBounds(terms, 600, 1, seeded(5)) as [Bounds];
    const [leftOut] = jackknifeBounds(terms, 600, total, whole) as [Bounds];
    const width = resampled[1] - resampled[0];
    expect(Math.abs(leftOut[0] - resampled[0])).toBeLessThan(0.06 * width);
    expect(Math.abs(leftOut[1] - resampled[1])).toBeLessThan(0.06 * width);
  });

  it('draw no chance, so that 200,000 cases take seconds', () => {
    const { mine, theirs, by } = versionsOf(5001);
    const never = (): number => {
      throw new Error('Expected no draw.');
    };
    expect(pairedDifferences([square], mine, theirs, by, never)).toHaveLength(1);
  });

  it('are none where one subject decides whether the metric is defined', () => {
    const inverse: PairedMetric<number> = { ...square, metric: ([mean = 0]) => (mean > 0 ? 1 / mean : Number.NaN) };
    const one = Array.from({ length: 6000 }, (_, index) => Number(index === 0));
    expect(
      pairedDifferences(
        [inverse],
        one,
        one,
        one.map(() => null),
        seeded(1),
      ),
    ).toEqual([undefined]);
  });
});

describe('the difference of two shares', () => {
  const sharesOf = (cases: number, onlyFirst: number, onlySecond: number): Difference => {
    const first = Array.from({ length: cases }, (_, index) => index >= onlySecond);
    const second = first.map((_, index) => index < onlySecond || index >= onlySecond + onlyFirst);
    return shareDifference(first, second) as Difference;
  };

  it('has the ends at which the score test gives 5%', () => {
    // The score that Tango gives in closed form, from the likelihood's maximum found by search.
    const scoreAt = (cases: number, b: number, c: number, delta: number): number => {
      const likelihood = (share: number): number =>
        b * Math.log(share + delta) + c * Math.log(share) + (cases - b - c) * Math.log(1 - 2 * share - delta);
      let [low, high] = [Math.max(0, -delta), (1 - delta) / 2];
      for (let step = 0; step < 200; step += 1) {
        const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
        if (likelihood(left) < likelihood(right)) low = left;
        else high = right;
      }
      return (b - c - cases * delta) / Math.sqrt(cases * (2 * low + delta * (1 - delta)));
    };
    for (const [cases, b, c] of [
      [50, 12, 5],
      [200, 3, 9],
      [400, 30, 30],
    ] as const) {
      const { difference, lower, upper } = sharesOf(cases, b, c);
      expect(difference).toBeCloseTo((b - c) / cases, 12);
      expect(scoreAt(cases, b, c, lower)).toBeCloseTo(1.959964, 4);
      expect(scoreAt(cases, b, c, upper)).toBeCloseTo(-1.959964, 4);
    }
  });

  it('is no point where the versions never disagree, and mirrors when they change places', () => {
    const { lower, upper } = sharesOf(50, 0, 0);
    expect(upper).toBeCloseTo(1.959964 ** 2 / (50 + 1.959964 ** 2), 6);
    expect(lower).toBeCloseTo(-upper, 12);
    const [one, other] = [sharesOf(60, 11, 4), sharesOf(60, 4, 11)];
    expect(one.lower).toBeCloseTo(-other.upper, 10);
  });

  it('holds the truth where versions seldom disagree', () => {
    const random = seeded(77);
    const runs = Array.from({ length: 400 }, () => {
      const drawn = Array.from({ length: 50 }, random);
      return shareDifference(
        drawn.map((chance) => chance >= 0.01),
        drawn.map((chance) => chance < 0.01 || chance >= 0.04),
      ) as Difference;
    });
    // The percentile interval of the bootstrap does in 78% of such runs.
    const held = runs.filter(({ lower, upper }) => lower <= 0.02 && upper >= 0.02);
    expect(held.length / runs.length).toBeGreaterThan(0.94);
  });

  it('claims nothing from five cases, and something from six that all speak for one version', () => {
    expect(sharesOf(200, 5, 0).lower).toBe(0);
    expect(sharesOf(200, 6, 0).lower).toBeGreaterThan(0);
  });
});
