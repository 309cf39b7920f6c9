import { describe, expect, it } from '@jest/globals';
import type { Field } from '../../contracts/model.ts';
import { seeded } from '../../contracts/seeded.ts';
import type {
  EvaluatedCase,
  Target,
  VersionAnswer,
} from '../../functions/monitoring/domain/evaluation/answered-case.ts';
import { compareAnswers } from '../../functions/monitoring/domain/evaluation/compare.ts';
import { EvaluationError } from '../../functions/monitoring/domain/evaluation/evaluation-error.ts';
import { measureAnswers } from '../../functions/monitoring/domain/evaluation/measure.ts';
import { measureSlices } from '../../functions/monitoring/domain/evaluation/slices.ts';

const classes: Target = { kind: 'class', classes: ['benign', 'malignant'] };
const numbers: Target = { kind: 'number', tolerance: 2 };

const cases: EvaluatedCase[] = Array.from({ length: 200 }, (_, index) => ({
  input: { ward: ['A', 'B', 'C'][index % 3] ?? null, age: 20 + (index % 70), rare: `r${index}` },
  label: index % 4 === 0 ? 'malignant' : 'benign',
  subject: null,
}));

const sure = (label: string): VersionAnswer => ({
  label,
  probabilities: label === 'benign' ? [0.9, 0.1] : [0.1, 0.9],
});
const right = cases.map(({ label }) => sure(String(label)));
/** Wrong on every fifth case. */
const worse = cases.map(({ label }, index) =>
  sure(index % 5 === 0 ? (label === 'benign' ? 'malignant' : 'benign') : String(label)),
);

describe('a comparison', () => {
  it('finds the better version by each metric, with an interval around the difference', () => {
    const found = compareAnswers(
      classes,
      cases,
      { version: 'v2', answers: right },
      { version: 'v1', answers: worse },
      seeded(1),
    );
    expect(found.map(({ metric }) => metric)).toEqual(['accuracy', 'balancedAccuracy', 'logLoss', 'brier', 'rocAuc']);
    for (const { version, against, difference, lower, upper, better } of found) {
      expect({ version, against, better }).toEqual({ version: 'v2', against: 'v1', better: true });
      expect(lower).toBeLessThanOrEqual(difference);
      expect(upper).toBeGreaterThanOrEqual(difference);
    }
    expect(found[0]).toMatchObject({ difference: expect.closeTo(0.2, 10) });
  });

  it('of equals finds none better', () => {
    const found = compareAnswers(
      classes,
      cases,
      { version: 'v2', answers: worse },
      { version: 'v1', answers: worse },
      seeded(1),
    );
    for (const { difference, better } of found) expect({ difference, better }).toEqual({ difference: 0, better: null });
  });

  it('counts a failure as wrong where classes are told, and leaves errors out where numbers are', () => {
    const failing = right.map((answer, index) => (index < 20 ? undefined : answer));
    const [accuracy] = compareAnswers(
      classes,
      cases,
      { version: 'v2', answers: failing },
      { version: 'v1', answers: right },
      seeded(1),
    );
    expect(accuracy).toMatchObject({ difference: expect.closeTo(-0.1, 10), better: false });
    const measured = cases.map((row, index) => ({ ...row, label: index }));
    const exact = measured.map(({ label }): VersionAnswer => ({ label }));
    const off = measured.map(({ label }, index): VersionAnswer => (index < 20 ? undefined : { label: label + 3 }));
    const found = compareAnswers(
      numbers,
      measured,
      { version: 'v2', answers: off },
      { version: 'v1', answers: exact },
      seeded(1),
    );
    expect(Object.fromEntries(found.map(({ metric, difference }) => [metric, difference]))).toMatchObject({
      mae: 3,
      mse: 9,
      rmse: 3,
      withinTolerance: -1,
    });
  });
});

describe('metrics of answers', () => {
  it('refuse a label that is no class of the schema', () => {
    const foreign = [{ ...(cases[0] as EvaluatedCase), label: 'unheard of' }];
    expect(() => measureAnswers(classes, foreign, [undefined])).toThrow(EvaluationError);
  });

  it('by slice tell values of five cases and more, and the others together', () => {
    const fields: Record<string, Field> = {
      ward: { kind: 'feature', type: 'category', categories: ['A', 'B', 'C'], required: true },
      rare: { kind: 'feature', type: 'category', categories: [], required: true },
      age: { kind: 'age', feature: true },
    };
    const slices = measureSlices(classes, fields, ['ward', 'rare', 'age'], cases, worse);
    const of = (field: string) => slices.filter((slice) => slice.field === field);
    expect(of('ward').map(({ value, metrics }) => `${value} ${metrics.cases}`)).toEqual(['A 67', 'B 67', 'C 66']);
    expect(of('rare').map(({ value, metrics }) => `${value} ${metrics.cases}`)).toEqual(['other 200']);
    expect(of('age').map(({ value }) => value)).toContain('30–39');
    expect(of('age').reduce((sum, { metrics }) => sum + metrics.cases, 0)).toBe(200);
  });

  it('by slice take as many cases as an evaluation may have', () => {
    const icu: Field = { kind: 'feature', type: 'boolean', required: false };
    const row = cases[0] as EvaluatedCase;
    const many = Array.from({ length: 200_000 }, (_, index) => ({ ...row, input: { icu: index < 3 ? null : false } }));
    const answers = many.map(() => sure('benign'));
    const slices = measureSlices(classes, { icu }, ['icu'], many, answers);
    expect(slices.map(({ metrics }) => metrics.cases)).toEqual([200_000]);
  });

  it('by slice take a field that older cases lack as missing, whatever it is called', () => {
    const smoker: Field = { kind: 'feature', type: 'boolean', required: false };
    const fields = Object.fromEntries([['constructor', smoker]]);
    const slices = measureSlices(classes, fields, ['constructor'], cases, worse);
    expect(slices.map(({ value }) => value)).toEqual(['missing']);
  });

  it('by slice tell categories called other and missing from the pooled values and the missing ones', () => {
    const ward: Field = { kind: 'feature', type: 'category', categories: ['A', 'other', 'missing'], required: false };
    const wards = [
      ...Array(20).fill('A'),
      ...Array(15).fill('other'),
      ...Array(9).fill('missing'),
      ...Array(8).fill(null),
    ];
    const rare = Array.from({ length: 6 }, (_, index) => `r${index}`);
    const row = cases[0] as EvaluatedCase;
    const rows = [...wards, ...rare].map((value) => ({ ...row, input: { ward: value } }));
    const slices = measureSlices(
      classes,
      { ward },
      ['ward'],
      rows,
      rows.map(() => sure('benign')),
    );
    expect(slices.map(({ kind, value, metrics }) => `${kind} ${value} ${metrics.cases}`)).toEqual([
      'value A 20',
      'value other 15',
      'value missing 9',
      'missing missing 8',
      'other other 6',
    ]);
  });

  it('by slice are without the calibration curve', () => {
    const ward: Field = { kind: 'feature', type: 'category', categories: ['A', 'B', 'C'], required: true };
    const [slice] = measureSlices(classes, { ward }, ['ward'], cases, worse);
    expect(measureAnswers(classes, cases, worse)).toHaveProperty('calibration');
    expect(slice?.metrics).not.toHaveProperty('calibration');
  });
});
