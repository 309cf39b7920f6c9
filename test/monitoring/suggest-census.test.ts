import { describe, expect, it } from '@jest/globals';
import type { Field, ModelSchema } from '../../contracts/model.ts';
import { seeded } from '../../contracts/seeded.ts';
import { FindingKind } from '../../contracts/suggestions.ts';
import { startCensus } from '../../functions/monitoring/domain/profile/census.ts';
import { distinctSample } from '../../functions/monitoring/domain/profile/distinct-sample.ts';
import { hashing } from '../../functions/monitoring/domain/profile/hash.ts';
import type { Observation } from '../../functions/monitoring/domain/profile/observation.ts';
import type { Side } from '../../functions/monitoring/domain/profile/repetitions.ts';
import { makeSuggestions } from '../../functions/monitoring/suggestions/make-suggestions.ts';

const number: Field = { kind: 'feature', type: 'number', required: false };
const timestamp: Field = { kind: 'feature', type: 'timestamp', required: false, deidentified: true };

type Row = Observation & { split: Side };

const start = Date.parse('2026-01-01T00:00:00Z');
const at = (index: number): string => new Date(start + index * 1000).toISOString();

/** Rows by turns: every fifth is held out. */
const row = (input: Row['input'], label: string, index: number, subject: string | null = null): Row => ({
  ...{ input, label, subject, receivedAt: at(index) },
  split: index % 5 === 4 ? 'holdout' : 'train',
});

const suggestionsFor = async (
  rows: readonly Row[],
  { classes = ['x', 'z'], ...fields }: Record<string, Field | string[]> = {},
) => {
  const schema = { fields: { a: number, b: number, ...fields }, label: { type: 'category', classes } } as ModelSchema;
  const train = rows.filter(({ split }) => split === 'train').length;
  const dataset = { id: 'd', train, holdout: rows.length - train };
  type Dependencies = Parameters<typeof makeSuggestions>[0];
  const dependencies = {
    models: { get: async () => ({ name: 'm', task: 'tabular-classification', schema }) },
    datasets: {
      get: async () => dataset,
      newest: async () => dataset,
      read: async function* () {
        for (let first = 0; first < rows.length; first += 1000) yield rows.slice(first, first + 1000);
      },
    },
  } as unknown as Dependencies;
  const { findings } = await makeSuggestions(dependencies, 't', 'm', undefined);
  return (kind: FindingKind) => findings.find((finding) => finding.kind === kind);
};

describe('what is counted of more cases than are looked at', () => {
  const random = seeded(9);
  const inputs = (count: number) => Array.from({ length: count }, () => ({ a: random(), b: random() }));

  it('is each class, however rare', async () => {
    const labelOf = (index: number): string => {
      if (index % 400 === 0) return 'fraud';
      return index % 2000 === 1 ? 'other' : 'ok';
    };
    const found = await suggestionsFor(
      inputs(40_000).map((input, index) => row(input, labelOf(index), index)),
      { classes: ['ok', 'fraud', 'other'] },
    );
    expect(found(FindingKind.TooFewCases)).toBeUndefined();
    expect(found(FindingKind.MissingClass)).toBeUndefined();
    expect(found(FindingKind.Imbalance)?.detail).toContain('other (0.063%), fraud (0.313%)');
  });

  it('is each input that comes twice', async () => {
    const once = inputs(30_001);
    const found = await suggestionsFor([...once, ...once].map((input, index) => row(input, 'x', index)));
    // Of an odd number the second of a pair has another place among five, so that three of five pairs are trained on.
    expect(found(FindingKind.Duplicates)).toMatchObject({ severity: 'warning', numbers: { cases: 48_002 } });
    expect(found(FindingKind.Duplicates)?.numbers.extra).toBeGreaterThan(17_900);
    expect(found(FindingKind.AcrossTheSplit)?.numbers.across).toBe(12_000);
  });

  it('is each subject', async () => {
    const found = await suggestionsFor(
      inputs(60_000).map((input, index) => row(input, 'x', index, `subject ${Math.floor(index / 5)}`)),
    );
    expect(found(FindingKind.Groups)?.numbers).toEqual({ cases: 48_000, subjects: 12_000 });
  });
});

describe('an input that comes twice', () => {
  const random = seeded(10);
  const once = Array.from({ length: 2000 }, () => ({ a: random(), b: random() }));
  const twice = [...once, ...once].map((input, index) => ({ ...input, number: index, sentAt: at(index) }));
  const rows = twice.map((input, index) => row(input, 'x', index));

  it('is seen though each case has a number and a time of its own', async () => {
    const found = await suggestionsFor(rows, { number, sentAt: timestamp });
    expect(found(FindingKind.Duplicates)?.detail).toContain('came before apart from number, sentAt.');
  });

  it('is none where only the time tells cases apart, and the rest is alike by chance', async () => {
    const daily = rows.map(({ input, ...rest }) => ({
      ...rest,
      input: { ...input, a: Math.floor(random() * 7), b: Math.floor(random() * 2) },
    }));
    const found = await suggestionsFor(daily, { sentAt: timestamp });
    expect(found(FindingKind.Duplicates)).toBeUndefined();
  });
});

describe('an input that nearly comes twice', () => {
  const random = seeded(12);
  const once = Array.from({ length: 2000 }, () => ({ a: random(), b: 1e6 * random(), c: random() }));
  const nearly = async (again: readonly Observation['input'][]) =>
    (
      await suggestionsFor(
        [...once, ...again].map((input, index) => row(input, 'x', index)),
        { c: number },
      )
    )(FindingKind.Duplicates);

  it('is noted where its numbers are the same but for noise', async () => {
    const noisy = once.map(({ a, b, c }) => ({ a: a + 1e-6 * random(), b: b + random(), c: c - 1e-6 * random() }));
    const found = await nearly(noisy);
    expect(found).toMatchObject({ severity: 'note', detail: expect.stringContaining('nearly the input of another') });
    expect(found?.numbers.nearly).toBeGreaterThan(1000);
  });

  it('is none among others, nor where few values make cases alike', async () => {
    expect(await nearly(once.map(() => ({ a: random(), b: 1e6 * random(), c: random() })))).toBeUndefined();
    expect(await nearly(once.map(() => ({ a: random(), b: 0, c: 0 })))).toBeUndefined();
  });
});

describe('a hash of values', () => {
  it('is another one for other values, places and types', () => {
    const hash = hashing();
    const random = seeded(3);
    const different = [
      ...[
        [1, 2],
        [2, 1],
        ['1', 2],
        [null, 1],
        [1, null],
        ['', 1],
        ['ab', 'c'],
        ['a', 'bc'],
        [true, 1],
        ['true', 1],
      ],
      ...Array.from({ length: 100_000 }, (_, index) => [index, index / 7]),
      ...Array.from({ length: 100_000 }, () => [random(), 0]),
      ...Array.from({ length: 100_000 }, (_, index) => [`c${index}`]),
    ];
    expect(new Set(different.map((values) => hash(values))).size).toBe(
      new Set(different.map((values) => JSON.stringify(values))).size,
    );
    expect(hash([-0])).toBe(hash([0]));
  });
});

describe('a sample of distinct keys', () => {
  it('keeps no more than it may, and tells how many there are', () => {
    const hash = hashing();
    const sample = distinctSample(() => ({ met: 0 }), 1000);
    for (let index = 0; index < 100_000; index += 1) {
      const kept = sample.of(hash([`subject ${index % 50_000}`]));
      if (kept !== undefined) kept.met += 1;
    }
    const kept = [...sample.kept()];
    expect(kept.length).toBeLessThanOrEqual(1000);
    expect(kept.every(({ met }) => met === 2)).toBe(true);
    expect(Math.abs(sample.count() / 50_000 - 1)).toBeLessThan(0.1);
  });
});

describe('a census', () => {
  it('keeps no more than two labels that are numbers', () => {
    const census = startCensus({ fields: { a: number }, label: { type: 'number', tolerance: 1 } }, 5000);
    for (let index = 0; index < 5000; index += 1) {
      census.count('train', { ...row({ a: index }, 'x', index), label: index });
    }
    expect(census.take().labels.size).toBe(2);
  });
});
