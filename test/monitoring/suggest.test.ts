import { describe, expect, it } from '@jest/globals';
import type { FieldValue } from '../../contracts/cases.ts';
import type { Field, ModelSchema } from '../../contracts/model.ts';
import { seeded } from '../../contracts/seeded.ts';
import { FindingKind, Severity } from '../../contracts/suggestions.ts';
import type { Observation } from '../../functions/monitoring/domain/profile/observation.ts';
import { areaUnderCurve } from '../../functions/monitoring/domain/profile/strength.ts';

import { diagnoses, number, observe, of, schema, start, withField } from './diagnoses.ts';

describe('suggestions for the Wisconsin rows', () => {
  const advice = of(diagnoses, schema.fields);

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

describe('a text', () => {
  const text: Field = { kind: 'feature', type: 'text', required: false, deidentified: true };
  const words = ['order', 'late', 'again', 'asked', 'about', 'parcel', 'blue', 'Tuesday', 'the', 'was', 'help', 'size'];
  const random = seeded(11);
  const sentence = (): string => Array.from({ length: 12 }, () => words[Math.floor(random() * words.length)]).join(' ');
  const about = (noteOf: (ill: boolean, index: number) => string, label?: ModelSchema['label']) =>
    of(
      Array.from({ length: 400 }, (_, index) => {
        const ill = index % 3 === 0;
        const named = ill ? 'malignant' : 'benign';
        return observe(
          { note: noteOf(ill, index), size: random() + (ill ? 0.2 : 0) },
          label === undefined ? named : Number(ill) * 50 + random(),
          index,
        );
      }),
      { note: text, size: number },
      label,
    );
  const leaksOf = ({ findings }: ReturnType<typeof about>) => findings.filter(({ kind }) => kind === FindingKind.Leak);

  it('is a leak where a few of its words tell the label, of classes as of numbers, and these are named', () => {
    const noteOf = (ill: boolean) =>
      `${sentence()} ${ill ? 'account closed after refund request' : 'customer remains active'}`;
    for (const label of [undefined, { type: 'number', tolerance: 1 } as const]) {
      const advice = about(noteOf, label);
      expect(leaksOf(advice)).toMatchObject([{ field: 'note', severity: Severity.Error }]);
      expect(leaksOf(advice)[0]?.detail).toMatch(/by “(account|customer|closed|active|remains)/);
    }
  });

  it('is a leak among many, though all cases of a label come in turn', () => {
    const train = Array.from({ length: 6000 }, (_, index) => {
      const ill = index >= 5000;
      return observe({ note: `${sentence()} ${ill ? 'closed' : 'active'}` }, ill ? 'malignant' : 'benign', index);
    });
    expect(leaksOf(of(train, { note: text }))).toMatchObject([{ field: 'note', severity: Severity.Error }]);
  });

  it('is a leak where a pair of words tells the label, and neither of them alone', () => {
    const noteOf = (ill: boolean) => `${sentence()} ${ill ? 'no refund and yes closed' : 'yes refund and no closed'}`;
    expect(leaksOf(about(noteOf))).toMatchObject([{ field: 'note', severity: Severity.Error }]);
  });

  it('is none where it says nothing, or something', () => {
    const silent = about(() => sentence());
    expect(silent.fields.find(({ field }) => field === 'note')?.strength).toBeLessThan(0.2);
    const honest = about((ill) => `${sentence()} ${random() < (ill ? 0.5 : 0.1) ? 'pain' : 'well'}`);
    expect(honest.fields.find(({ field }) => field === 'note')?.strength).toBeGreaterThan(0.2);
    expect([...leaksOf(silent), ...leaksOf(honest)]).toEqual([]);
  });

  it('that is one word, and never the same, is an identifier', () => {
    const identifiers = (noteOf: (ill: boolean, index: number) => string) =>
      about(noteOf)
        .findings.filter(({ kind }) => kind === FindingKind.Identifier)
        .map(({ field }) => field);
    expect(identifiers((_, index) => `ORD${String(index).padStart(5, '0')}`)).toEqual(['note']);
    expect(identifiers((_, index) => `order ${index} of ${sentence()}`)).toEqual([]);
    expect(identifiers((_, index) => words[index % words.length] ?? '')).toEqual([]);
  });
});

describe('a timestamp', () => {
  const timestamp: Field = { kind: 'feature', type: 'timestamp', required: false, deidentified: true };
  const random = seeded(13);
  const at = (day: number, hour: number): string => new Date(start + (day * 24 + hour) * 3_600_000).toISOString();
  const about = (momentOf: (ill: boolean) => string) =>
    of(
      Array.from({ length: 600 }, (_, index) => {
        const ill = index % 2 === 0;
        const input = { seenAt: momentOf(ill), fever: (ill ? 0.6 : 0) + random() };
        return observe(input, ill ? 'malignant' : 'benign', index);
      }),
      { seenAt: timestamp, fever: number },
    );
  const strength = ({ fields }: ReturnType<typeof about>) => fields.find(({ field }) => field === 'seenAt')?.strength;

  it.each<[string, (ill: boolean) => string]>([
    ['hour', (ill) => at(Math.floor(random() * 300), (ill ? 3 : 15) + random() / 2)],
    ['weekday', (ill) => at(7 * Math.floor(random() * 40) + (ill ? 1 : 4), 24 * random())],
    ['month', (ill) => at(365 * Math.floor(random() * 5) + (ill ? 40 : 190), 24 * random())],
  ])('is a leak where its %s tells the label', (part, momentOf) => {
    const { findings } = about(momentOf);
    const leaks = findings.filter(({ kind }) => kind === FindingKind.Leak);
    expect(leaks).toMatchObject([{ field: 'seenAt', severity: Severity.Error }]);
    expect(leaks[0]?.detail).toMatch(new RegExp(`\\(by its ${part}|day of the month\\)`));
  });

  it('is none where it tells nothing', () => {
    expect(strength(about(() => at(Math.floor(random() * 300), 24 * random())))).toBeLessThan(0.25);
  });
});

describe('several leaks', () => {
  const leaksAmong = (strengths: Readonly<Record<string, number>>, fill?: (ill: boolean) => FieldValue) => {
    const random = seeded(17);
    const names = Object.keys(strengths);
    const train = Array.from({ length: 2000 }, (_, index) => {
      const ill = index % 2 === 0;
      // A copy of the label that is right in a share of (1 + s) / 2 of the cases has the strength s.
      const copies = Object.values(strengths).map((s) => Number(random() < (1 + s) / 2 ? ill : !ill));
      const input = Object.fromEntries(names.map((name, place) => [name, copies[place] ?? null]));
      const code = fill === undefined ? {} : { code: fill(ill) };
      return observe({ ...input, ...code }, ill ? 'malignant' : 'benign', index);
    });
    const fields = [...names, ...(fill === undefined ? [] : ['code'])].map((name) => [name, number] as const);
    return of(train, Object.fromEntries(fields))
      .findings.filter(({ kind }) => kind === FindingKind.Leak || kind === FindingKind.KnownAfterwards)
      .map(({ field }) => field)
      .toSorted();
  };
  const honest = { a: 0.48, b: 0.4, c: 0.33, d: 0.3, e: 0.2, f: 0.1, g: 0.1 };

  it('do not hide one another', () => {
    const copies = { copy1: 0.95, copy2: 0.92, copy3: 0.85 };
    const random = seeded(19);
    const known = (ill: boolean) => (random() < 0.95 === ill ? 3 : null);
    expect(leaksAmong({ ...copies, ...honest })).toEqual(['copy1', 'copy2', 'copy3']);
    expect(leaksAmong({ ...copies, copy4: 0.9, ...honest })).toEqual(['copy1', 'copy2', 'copy3', 'copy4']);
    expect(leaksAmong({ ...copies, ...honest }, known)).toEqual(['code', 'copy1', 'copy2', 'copy3']);
  });

  it.each([
    ['that are strong and close to one another', { a: 0.87, b: 0.87, c: 0.86, d: 0.85, e: 0.05, f: 0.03, g: 0, h: 0 }],
    ['of a table of three', { a: 0.7, b: 0.6, c: 0.1 }],
    ['of a table of four', { a: 0.9, b: 0.88, c: 0.3, d: 0.2 }],
    ['of a table of five', { a: 0.92, b: 0.9, c: 0.3, d: 0.2, e: 0.1 }],
    ['of a table of six', { a: 0.92, b: 0.9, c: 0.88, d: 0.2, e: 0.1, f: 0.1 }],
    ['that fall off evenly', { a: 0.93, b: 0.85, c: 0.77, d: 0.68, e: 0.6, f: 0.5, g: 0.4, h: 0.3 }],
  ])('are not honest fields %s', (_, strengths) => {
    expect(leaksAmong(strengths)).toEqual([]);
  });
});

describe('the area under the curve', () => {
  it('counts ties half', () => {
    expect(areaUnderCurve([1, 2, 2, 3], [false, true, false, true])).toBe(0.875);
    expect(areaUnderCurve([1, 1, 1], [true, false, true])).toBe(0.5);
  });
});
