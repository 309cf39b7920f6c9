import { describe, expect, it } from '@jest/globals';
import type { FieldValue, LabelValue } from '../../contracts/cases.ts';
import { type Field, type ModelSchema, Task } from '../../contracts/model.ts';
import { seeded } from '../../contracts/seeded.ts';
import { FindingKind } from '../../contracts/suggestions.ts';
import { takeCensus } from '../../functions/monitoring/domain/profile/census.ts';
import { suggest } from '../../functions/monitoring/domain/profile/suggest.ts';

const number: Field = { kind: 'feature', type: 'number', required: false };
const random = seeded(23);
const start = Date.parse('2026-01-01T00:00:00Z');

type Input = Readonly<Record<string, FieldValue>>;

/** @param caseOf - a case's input and label */
const adviceOf = (count: number, caseOf: (index: number) => [Input, LabelValue]) => {
  const train = Array.from({ length: count }, (_, index) => {
    const [input, label] = caseOf(index);
    return { input, label, subject: null, receivedAt: new Date(start + index * 1000).toISOString() };
  });
  const labels = new Set(train.map(({ label }) => label));
  const isNumber = typeof train[0]?.label === 'number';
  const schema: ModelSchema = {
    fields: Object.fromEntries(Object.keys(train[0]?.input ?? {}).map((name) => [name, number])),
    label: isNumber ? { type: 'number', tolerance: 1 } : { type: 'category', classes: [...labels].map(String) },
  };
  const task = isNumber ? Task.TabularRegression : Task.TabularClassification;
  return suggest({ task, schema, train, census: takeCensus(schema, train, []) });
};

const telling: readonly FindingKind[] = [FindingKind.Leak, FindingKind.KnownAfterwards, FindingKind.Identifier];
const named = ({ findings }: ReturnType<typeof adviceOf>) =>
  findings
    .filter(({ kind }) => telling.includes(kind))
    .map(({ severity, kind, field }) => `${severity} ${kind} ${field}`);

describe('a field that tells one of many classes', () => {
  const ofTen = (fill: (label: string) => FieldValue) =>
    adviceOf(4000, () => {
      const place = Math.floor(random() * 10);
      const label = `d${place}`;
      return [{ a: random() + place * 0.05, b: random(), extra: fill(label) }, label];
    });

  it('is known only afterwards where it is filled in for that class alone', () => {
    const advice = ofTen((label) => (label === 'd3' ? random() : null));
    expect(named(advice)).toEqual(['error known-afterwards extra']);
    expect(advice.findings[0]?.detail).toContain('tells the class d3 from the others');
  });

  it('is to be asked about where its values tell that class', () => {
    expect(named(ofTen((label) => Number(label === 'd3')))).toEqual(['warning leak extra']);
    expect(named(ofTen(() => random()))).toEqual([]);
  });

  it('is none where several honest fields tell a class, or its cases are few', () => {
    const easy = adviceOf(300, (index) => {
      const far = index % 3 === 0 ? 5 : 0;
      return [{ long: far + random(), wide: far + random(), other: random() }, `kind ${index % 3}`];
    });
    expect(named(easy)).toEqual([]);
    const few = adviceOf(1000, (index) => {
      const label = index < 5 ? 'rare' : `kind ${index % 2}`;
      return [{ a: index < 5 ? 3 : random(), b: random(), c: random() }, label];
    });
    expect(named(few)).toEqual([]);
  });
});

describe('a field that only one class has', () => {
  const filledFor = (share: number, ofOthers: number, rich: number, count = 3000) =>
    named(
      adviceOf(count, () => {
        const label = random() < rich ? 'rich' : 'poor';
        const isFilled = random() < (label === 'rich' ? share : ofOthers);
        return [{ a: random() + (label === 'rich' ? 0.2 : 0), b: random(), bonus: isFilled ? random() : null }, label];
      }),
    );

  it('is known only afterwards, though most of the class have none', () => {
    expect(filledFor(0.4, 0, 0.35)).toEqual(['warning known-afterwards bonus']);
    expect(filledFor(0.4, 0, 0.03)).toEqual(['warning known-afterwards bonus']);
  });

  it('is none where others have it, most cases are of the class anyway, or few have it', () => {
    expect(filledFor(0.4, 0.05, 0.35)).toEqual([]);
    expect(filledFor(0.4, 0.4, 0.995)).toEqual([]);
    expect(filledFor(0.01, 0, 0.35, 1000)).toEqual([]);
  });
});

describe('a field that tells a number', () => {
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
  const withNoise = (noise: number) =>
    named(
      adviceOf(800, () => {
        const x = normal();
        return [{ x, a: random(), b: random(), c: random() }, 2 * x + noise * normal()];
      }),
    );

  it('is honest where it tells four fifths, and to be asked about from nine tenths on', () => {
    expect(withNoise(1)).toEqual([]);
    expect(withNoise(0.3)).toEqual(['warning leak x']);
  });

  it('is offered as the order where it counts months, and a fault where the rows were sorted', () => {
    const counting = (noise: number) =>
      adviceOf(144, (month) => [{ month, promotion: Math.floor(random() * 2) }, 2 * month + noise * normal()]);
    expect(named(counting(30))).toEqual(['warning identifier month']);
    expect(counting(30).findings.find(({ field }) => field === 'month')?.detail).toContain('(order: month)');
    const sorted = adviceOf(300, (row) => [{ row, a: random(), b: random() }, row < 150 ? 'x' : 'z']);
    expect(named(sorted)).toContain('error identifier row');
  });
});

describe('the metric of numbers', () => {
  const metricOf = (inputOf: (index: number) => number, labelOf: (index: number, a: number) => number) =>
    adviceOf(500, (index) => {
      const a = inputOf(index);
      return [{ a, b: random() }, labelOf(index, a)];
    }).recipe.metric;

  it('is chosen by what is far out among the labels, not among the inputs', () => {
    const size = () => random() + random();
    const usual = (_: number, a: number) => Math.min(a, 3) + random();
    expect(metricOf((index) => (index === 7 ? 1e4 : size()), usual)).toBe('rmse');
    expect(metricOf(size, (index, a) => (index % 33 === 0 ? 1000 : 1) * usual(index, a))).toBe('mae');
    expect(metricOf(size, (index) => (index % 20 === 0 ? random() * 100 : 0))).toBe('mae');
  });
});
