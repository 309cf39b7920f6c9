import { describe, expect, it } from '@jest/globals';
import type { FieldValue } from '../../contracts/cases.ts';
import { type Field, type ModelSchema, Task } from '../../contracts/model.ts';
import { seeded } from '../../contracts/seeded.ts';
import { FindingKind, Severity } from '../../contracts/suggestions.ts';
import { readDeclaration, readRows } from '../../examples/diagnosis/rows.ts';
import type { Observation } from '../../functions/monitoring/domain/profile/observation.ts';
import { areaUnderCurve } from '../../functions/monitoring/domain/profile/strength.ts';
import { suggest } from '../../functions/monitoring/domain/profile/suggest.ts';
import { python } from '../../local/paths.ts';

const { schema } = await readDeclaration();
const rows = await readRows(python);
const start = Date.parse('2026-01-01T00:00:00Z');

const observe = (
  input: Readonly<Record<string, FieldValue>>,
  label: string | number,
  index: number,
  subject: string | null = null,
): Observation => ({ input, label, subject, receivedAt: new Date(start + index * 60_000).toISOString() });

const diagnoses: Observation[] = rows.map(({ features, label }, index) => observe(features, label, index));
const number: Field = { kind: 'feature', type: 'number', required: false };

/** The Wisconsin rows with one more field. */
const withField = (name: string, field: Field, fill: (row: Observation, index: number) => FieldValue) =>
  suggest({
    task: Task.TabularClassification,
    schema: { ...schema, fields: { ...schema.fields, [name]: field } },
    train: diagnoses.map((row, index) => ({ ...row, input: { ...row.input, [name]: fill(row, index) } })),
    holdout: [],
    of: diagnoses.length,
  });

const of = (train: readonly Observation[], fields: Record<string, Field>, label: ModelSchema['label'] = schema.label) =>
  suggest({
    task: label.type === 'number' ? Task.TabularRegression : Task.TabularClassification,
    schema: { fields, label },
    train,
    holdout: [],
    of: train.length,
  });

describe('suggestions for the Wisconsin rows', () => {
  const advice = suggest({
    task: Task.TabularClassification,
    schema,
    train: diagnoses,
    holdout: [],
    of: diagnoses.length,
  });

  it('find no leak, though many fields tell the label well', () => {
    const grave = advice.findings.filter(({ severity }) => severity !== Severity.Note);
    expect(grave).toEqual([]);
    const radius = advice.fields.find(({ field }) => field === 'worst_radius');
    expect(radius?.strength).toBeGreaterThan(0.85);
  });

  it('give each suggestion with its reason, and a recipe that the training program takes', () => {
    for (const { reason } of advice.suggestions) expect(reason).toMatch(/^[A-Z0-9].{20,}\.$/);
    expect(advice.recipe).toMatchObject({ name: 'tabular', metric: 'roc-auc' });
    expect(advice.recipe.parameters.seconds).toBeGreaterThanOrEqual(60);
  });
});

describe('a field that tells too much', () => {
  it('is a leak where it is the label by another name', () => {
    const { findings } = withField('outcomeCode', number, ({ label }) => (label === 'malignant' ? 4 : 2));
    expect(findings[0]).toMatchObject({ kind: FindingKind.Leak, severity: Severity.Error, field: 'outcomeCode' });
  });

  it('is named as known only afterwards where it is filled in for one label alone', () => {
    const { findings } = withField('daysToSurgery', number, ({ label }, index) =>
      label === 'malignant' ? index % 30 : null,
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: FindingKind.KnownAfterwards, severity: Severity.Error, field: 'daysToSurgery' }),
    );
  });

  it('is named as an identifier where it numbers the file, and gravely where the file is sorted by label', () => {
    const harmless = withField('rowNumber', number, (_, index) => ((index * 173) % 569) + 1);
    expect(harmless.findings).toContainEqual(
      expect.objectContaining({ kind: FindingKind.Identifier, severity: Severity.Warning, field: 'rowNumber' }),
    );
    const sorted = [...diagnoses].sort((a, b) => String(a.label).localeCompare(String(b.label)));
    const places = new Map(sorted.map((row, index) => [row, index + 1]));
    const telling = withField('rowNumber', number, (_, index) => places.get(diagnoses[index] as Observation) ?? 0);
    expect(telling.findings).toContainEqual(
      expect.objectContaining({ kind: FindingKind.Identifier, severity: Severity.Error, field: 'rowNumber' }),
    );
  });

  it('is named as an identifier where it has gaps and no order, but never repeats itself as measured numbers do', () => {
    const random = seeded(7);
    const measured = diagnoses.map(() => Math.floor(random() * 20_000));
    const given = [...new Set(Array.from({ length: 4 * diagnoses.length }, () => Math.floor(random() * 12_000)))];
    const identifiers = (numbers: readonly number[]) =>
      withField('ticket', number, (_, index) => numbers[index] ?? null).findings.filter(
        ({ kind }) => kind === FindingKind.Identifier,
      );
    expect(identifiers(given)).toMatchObject([{ field: 'ticket', severity: Severity.Warning }]);
    expect(identifiers(measured)).toEqual([]);
  });

  it('is a leak too where it is the other part of a sum, though it tells little alone', () => {
    const random = seeded(5);
    const train = Array.from({ length: 800 }, (_, index) => {
      const [members, guests, hour] = [
        Math.floor(900 * random()),
        Math.floor(250 * random()),
        Math.floor(24 * random()),
      ];
      return observe({ members, guests, hour }, members + guests, index);
    });
    const fields = { members: number, guests: number, hour: number };
    const leaks = (label: ModelSchema['label'], cases: readonly Observation[]) =>
      of(cases, fields, label)
        .findings.filter(({ kind }) => kind === FindingKind.Leak)
        .map(({ field }) => field);
    expect(leaks({ type: 'number', tolerance: 1 }, train)).toEqual(['members', 'guests']);
    const noisy = train.map((row) => ({ ...row, label: Number(row.input.members) + 250 * random() }));
    expect(leaks({ type: 'number', tolerance: 1 }, noisy)).toEqual(['members']);
  });

  it('is to be asked about, not called a leak for sure, where it is strong and may be honest', () => {
    const random = seeded(3);
    const train = Array.from({ length: 1000 }, (_, index) => {
      const ill = index % 2 === 0;
      return observe(
        { fever: (ill ? 0.8 : 0) + random() + random(), size: random() },
        ill ? 'malignant' : 'benign',
        index,
      );
    });
    const [fever, size, weight] = [number, number, number];
    const { findings } = of(train, { fever, size, weight });
    const named = findings.find(({ field }) => field === 'fever');
    expect(named).toMatchObject({ kind: FindingKind.Leak, severity: Severity.Warning });
    expect(named?.detail).toContain('Find out when it is written down');
    expect(named?.detail).not.toContain('most likely');
  });

  it('does not tell of subjects: what tells them apart tells nothing of new ones', () => {
    const train = Array.from({ length: 400 }, (_, index) => {
      const subject = Math.floor(index / 10);
      const label = (subject * 7) % 11 < 5 ? 'malignant' : 'benign';
      return observe({ room: `room ${subject}`, noise: (index * 7919) % 1000 }, label, index, `sub_${subject}`);
    });
    const categories = Array.from({ length: 40 }, (_, index) => `room ${index}`);
    const { findings, fields } = of(train, {
      room: { kind: 'feature', type: 'category', categories, required: true },
      noise: number,
    });
    expect(fields.find(({ field }) => field === 'room')?.strength).toBeLessThan(0.3);
    expect(findings.map(({ kind }) => kind)).toContain(FindingKind.Groups);
    expect(findings.map(({ kind }) => kind)).not.toContain(FindingKind.Leak);
  });
});

describe('what is wrong with the cases', () => {
  const kindsOf = (train: readonly Observation[], label?: ModelSchema['label']) =>
    of(train, { size: number }, label).findings.map(({ kind, severity }) => `${severity} ${kind}`);
  const many = (labelOf: (index: number) => string, count = 200) =>
    Array.from({ length: count }, (_, index) => observe({ size: (index * 7919) % 9973 }, labelOf(index), index));

  it('is one class only', () => {
    expect(kindsOf(many(() => 'benign'))).toContain('error one-class');
  });

  it('is imbalance, and then the metric does not flatter', () => {
    const train = many((index) => (index % 25 === 0 ? 'malignant' : 'benign'), 1000);
    const { findings, recipe, suggestions } = of(train, { size: number });
    expect(findings.map(({ kind }) => kind)).toContain(FindingKind.Imbalance);
    expect(recipe.metric).toBe('roc-auc');
    expect(suggestions.map(({ about }) => about)).toContain('threshold');
  });

  it('is too few', () => {
    expect(kindsOf(many((index) => (index % 2 === 0 ? 'benign' : 'malignant'), 12))).toContain('error too-few-cases');
  });

  it('is duplicates, contradictions, and cases on both sides of the split', () => {
    const train = many((index) => (index % 2 === 0 ? 'benign' : 'malignant'), 100);
    const twice = [...train, ...train.slice(0, 20), { ...(train[0] as Observation), label: 'malignant' }];
    const { findings } = suggest({
      task: Task.TabularClassification,
      schema: { fields: { size: number }, label: schema.label },
      train: twice,
      holdout: train.slice(0, 10),
      of: twice.length,
    });
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

  it('is drift, and then cases are validated in the order of time', () => {
    const train = many((index) => (index % 10 < 2 + index / 100 ? 'malignant' : 'benign'), 600);
    const { findings, recipe } = of(train, { size: number });
    expect(findings.map(({ kind }) => kind)).toContain(FindingKind.Drift);
    expect(recipe.parameters.order).toBe('receivedAt');
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

describe('the area under the curve', () => {
  it('counts ties half', () => {
    expect(areaUnderCurve([1, 2, 2, 3], [false, true, false, true])).toBe(0.875);
    expect(areaUnderCurve([1, 1, 1], [true, false, true])).toBe(0.5);
  });
});
