import { describe, expect, it } from '@jest/globals';
import type { Field, ModelSchema } from '../../contracts/model.ts';
import { FindingKind, Severity } from '../../contracts/suggestions.ts';
import type { Observation } from '../../functions/monitoring/domain/profile/observation.ts';
import { number, observe, of, schema, start } from './diagnoses.ts';

describe('what is wrong with the cases', () => {
  const kindsOf = (train: readonly Observation[], label?: ModelSchema['label']) =>
    of(train, { size: number }, label).findings.map(({ kind, severity }) => `${severity} ${kind}`);
  const many = (labelOf: (index: number) => string, count = 200) =>
    Array.from({ length: count }, (_, index) => observe({ size: (index * 7919) % 9973 }, labelOf(index), index));

  it('is one class only', () => {
    expect(kindsOf(many(() => 'benign'))).toContain('error one-class');
  });

  const ofKind = ({ findings }: ReturnType<typeof of>, kind: FindingKind) =>
    findings.filter((finding) => finding.kind === kind);

  it('is imbalance, and then the metric does not flatter, and is one that thresholds are tuned by', () => {
    const train = many((index) => (index % 19 === 0 ? 'malignant' : 'benign'), 900);
    const advice = of(train, { size: number });
    expect(ofKind(advice, FindingKind.Imbalance)).toMatchObject([
      {
        detail: expect.stringMatching(
          /^Only 5\.333% .*malignant.*94\.667% without any model: choose by balanced-accuracy/,
        ),
      },
    ]);
    expect(advice.recipe).toMatchObject({ metric: 'balanced-accuracy', parameters: { threshold: 'auto' } });
    const suggested = Object.fromEntries(advice.suggestions.map(({ about, value }) => [about, value]));
    expect(suggested).toMatchObject({ metric: 'balanced-accuracy', threshold: 'auto' });
  });

  it('is several rare classes, each named, in one finding of each kind', () => {
    const classOf = (index: number) => {
      if (index === 600) return 'third';
      return index % 50 === 0 ? 'second' : 'first';
    };
    const label: ModelSchema['label'] = { type: 'category', classes: ['first', 'second', 'third'] };
    const advice = of(many(classOf, 601), { size: number }, label);
    const [few, imbalance] = [FindingKind.TooFewCases, FindingKind.Imbalance].map((kind) => ofKind(advice, kind));
    expect(few).toMatchObject([
      { severity: Severity.Error, detail: expect.stringContaining('third (1), second (12)') },
    ]);
    expect(imbalance).toMatchObject([
      {
        detail: expect.stringMatching(/^2 of 3 classes are rare: third \(0\.166%\), second \(1\.997%\)\. .*97\.837%/),
        numbers: { classes: 2 },
      },
    ]);
    expect(advice.recipe).toMatchObject({ metric: 'balanced-accuracy', parameters: { threshold: 'auto' } });
    const even = of(
      many((index) => label.classes[index % 3] as string, 601),
      { size: number },
      label,
    );
    expect(ofKind(even, FindingKind.Imbalance)).toEqual([]);
    expect(even.recipe).toMatchObject({ metric: 'log-loss' });
    expect(even.recipe.parameters).not.toHaveProperty('threshold');
  });

  it('does not depend on what classes and categories are called', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const label: ModelSchema['label'] = { type: 'category', classes: names };
    const train = many((index) => (index < 4 ? '__proto__' : (names[1 + (index % 2)] as string)));
    const coded = train.map((row, index) => ({ ...row, input: { ...row.input, code: names[index % 3] as string } }));
    const code: Field = { kind: 'feature', type: 'category', categories: names, required: true };
    const advice = of(coded, { size: number, code }, label);
    expect(ofKind(advice, FindingKind.TooFewCases)[0]?.detail).toMatch(/^The class __proto__ has 4 training cases/);
    expect(advice.fields.find(({ field }) => field === 'code')?.distinct).toBe(3);
  });

  it('leaves networks out of what is suggested, and says how to have them', () => {
    for (const count of [400, 25_000]) {
      const { suggestions, recipe } = of(
        many((index) => (index % 2 === 0 ? 'benign' : 'malignant'), count),
        {
          size: number,
        },
      );
      expect(recipe.parameters.algorithms).not.toContain('network');
      const reason = suggestions.find(({ about }) => about === 'algorithms')?.reason;
      expect(reason).toContain('npm run set-up -- torch');
    }
  });

  it('is too few', () => {
    expect(kindsOf(many((index) => (index % 2 === 0 ? 'benign' : 'malignant'), 12))).toContain('error too-few-cases');
  });

  it('is duplicates, contradictions, and cases on both sides of the split', () => {
    const train = many((index) => (index % 2 === 0 ? 'benign' : 'malignant'), 100);
    const twice = [...train, ...train.slice(0, 20), { ...(train[0] as Observation), label: 'malignant' }];
    const { findings } = of(twice, { size: number }, schema.label, train.slice(0, 10));
    const numbersOf = (kind: FindingKind) => findings.find((finding) => finding.kind === kind)?.numbers;
    expect(numbersOf(FindingKind.Duplicates)).toMatchObject({ extra: 21 });
    expect(numbersOf(FindingKind.ConflictingLabels)).toMatchObject({ inputs: 1, cases: 3 });
    expect(numbersOf(FindingKind.AcrossTheSplit)).toMatchObject({ across: 10 });
  });

  it('is a field without values, a constant, many categories, skew', () => {
    const train = Array.from({ length: 300 }, (_, index) =>
      observe(
        { nothing: null, same: 1, code: `c${index % 120}`, skewed: Math.exp(index / 20) },
        index % 2 === 0 ? 'benign' : 'malignant',
        index,
      ),
    );
    const categories = Array.from({ length: 120 }, (_, index) => `c${index}`);
    const { findings } = of(train, {
      nothing: number,
      same: number,
      code: { kind: 'feature', type: 'category', categories, required: true },
      skewed: number,
    });
    const found = findings.map(({ kind, field }) => `${field} ${kind}`);
    expect(found).toEqual(
      expect.arrayContaining(['nothing missing', 'same constant', 'code many-categories', 'skewed skewed']),
    );
  });

  const hours = 3_600_000;
  const received = (train: readonly Observation[], every: number): Observation[] =>
    train.map((row, index) => ({ ...row, receivedAt: new Date(start + index * every).toISOString() }));

  it('is drift, and then cases are validated in the order of time, unless that is the order of an import', () => {
    const train = many((index) => (index % 10 < 2 + index / 100 ? 'malignant' : 'benign'), 600);
    const { findings, recipe } = of(received(train, hours), { size: number });
    expect(findings.map(({ kind }) => kind)).toContain(FindingKind.Drift);
    expect(recipe.parameters.order).toBe('receivedAt');
    const imported = of(received(train, 1000), { size: number });
    expect(ofKind(imported, FindingKind.Drift)).toMatchObject([{ detail: expect.stringContaining('an import') }]);
    expect(imported.recipe.parameters).not.toHaveProperty('order');
  });

  it.each([
    ['minutes', 1000],
    ['weeks', hours],
  ])('is that they were sent sorted by their label within %s, and then no order is suggested', (_, every) => {
    const train = many((index) => (index < 300 ? 'malignant' : 'benign'), 600);
    const advice = of(received(train, every), { size: number });
    expect(ofKind(advice, FindingKind.Sorted)).toMatchObject([{ detail: expect.stringContaining('sent sorted') }]);
    expect(ofKind(advice, FindingKind.Drift)).toEqual([]);
    expect(advice.recipe.parameters).not.toHaveProperty('order');
  });

  it('is told of numbers too', () => {
    const label: ModelSchema['label'] = { type: 'number', tolerance: 1 };
    const train = Array.from({ length: 200 }, (_, index) => {
      const price = ((index * 7919) % 997) / 10;
      return observe({ size: price + (index % 7) * 9, priceWithTax: price * 1.19 }, price, index);
    });
    const { findings, recipe } = of(train, { size: number, priceWithTax: number }, label);
    expect(findings).toContainEqual(expect.objectContaining({ kind: FindingKind.Leak, field: 'priceWithTax' }));
    expect(recipe.metric).toBe('rmse');
  });
});
