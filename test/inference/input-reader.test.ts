import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ModelSchema } from '../../contracts/model.ts';
import type { Signature } from '../../contracts/versions.ts';
import { compileInputReader } from '../../functions/inference/domain/input-reader.ts';
import { fitsSchema } from '../../functions/inference/domain/signature.ts';

const schema = ModelSchema.parse({
  fields: {
    name: { kind: 'identifier' },
    patient: { kind: 'subject' },
    radius: { kind: 'feature', type: 'number', minimum: 0, maximum: 50 },
    marker: { kind: 'feature', type: 'number', required: false },
    smoker: { kind: 'feature', type: 'boolean', required: false },
    side: { kind: 'feature', type: 'category', categories: ['left', 'right'] },
    age: { kind: 'age', feature: true },
    seen: { kind: 'date', feature: true },
    born: { kind: 'date' },
    zip: { kind: 'zip', feature: true },
  },
  label: { type: 'category', classes: ['benign', 'malignant'] },
});
const signature: Signature = {
  numeric: ['radius', 'marker', 'smoker', 'age', 'seen'],
  categorical: ['side', 'zip'],
  classes: ['benign', 'malignant'],
};
const reader = compileInputReader(schema, signature, 2026);
const whole = { radius: 12.5, marker: -3, smoker: true, side: 'left', age: 61, seen: '2024-03-04', zip: '10027' };

const read = (input: Record<string, unknown>, using = reader) => {
  const numeric = new Float32Array(using.numericColumns);
  const categorical = new Array<string>(using.categoricalColumns);
  const fits = using.read(input, numeric, categorical, 0);
  return { fits, numeric: [...numeric], categorical };
};
const pointers = (input: Record<string, unknown>): string[] => reader.faultsOf(input).map(({ pointer }) => pointer);

describe('reading an input', () => {
  test('fills the columns in the order of the signature, generalised as at the door', () => {
    expect(read(whole)).toEqual({ fits: true, numeric: [12.5, -3, 1, 61, 2024], categorical: ['left', '100'] });
    const turned = { ...signature, numeric: signature.numeric.toReversed(), categorical: ['zip', 'side'] };
    expect(read(whole, compileInputReader(schema, turned, 2026))).toEqual({
      fits: true,
      numeric: [2024, 61, 1, -3, 12.5],
      categorical: ['100', 'left'],
    });
  });

  test('writes into its own row', () => {
    const [numeric, categorical] = [new Float32Array(10), ['', '', '', '']];
    expect(reader.read(whole, numeric, categorical, 1)).toBe(true);
    expect([...numeric]).toEqual([0, 0, 0, 0, 0, 12.5, -3, 1, 61, 2024]);
    expect(categorical).toEqual(['', '', 'left', '100']);
  });

  test.each([{ marker: null }, { marker: undefined, smoker: null, age: null, seen: null, zip: null }])(
    'leaves what is not required missing: %j',
    (missing) => {
      const { fits, numeric, categorical } = read({ ...whole, ...missing });
      expect(fits).toBe(true);
      expect(numeric[1]).toBeNaN();
      expect(categorical[0]).toBe('left');
    },
  );

  test('reads what was generalised before as it is', () => {
    const before = { ...whole, age: 90, seen: 1931, zip: '000' };
    expect(read(before, compileInputReader(schema, signature))).toMatchObject({
      fits: true,
      numeric: [12.5, -3, 1, 90, 1931],
      categorical: ['left', '000'],
    });
  });

  test('keeps no age over 89, whether as an age or as a year', () => {
    expect(read({ ...whole, age: 97, seen: '1925-01-01' }).numeric.slice(3)).toEqual([90, 1937]);
  });

  test('does not look at what identifies people', () => {
    const identified = { ...whole, name: { any: ['thing'] }, born: 'never', patient: 17 };
    expect(read(identified)).toEqual(read(whole));
    expect(reader.subjectOf(identified)).toBe('17');
    expect(reader.subjectOf({ patient: 'MRN-1' })).toBe('MRN-1');
    expect(reader.subjectOf({ patient: { id: 1 } })).toBeUndefined();
    expect(reader.subjectOf(whole)).toBeUndefined();
  });
});

describe('an input that does not fit', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['a required number is missing', { radius: undefined }, ['/radius']],
    ['a required category is null', { side: null }, ['/side']],
    ['a number is text', { radius: '12.5' }, ['/radius']],
    ['a number is below its minimum', { radius: -0.1 }, ['/radius']],
    ['a number is above its maximum', { radius: 50.1 }, ['/radius']],
    ['a number is no number', { marker: Number.NaN }, ['/marker']],
    ['a number is beyond 32 bits', { marker: 1e39 }, ['/marker']],
    ['a boolean is a number', { smoker: 1 }, ['/smoker']],
    ['a category is unknown', { side: 'middle' }, ['/side']],
    ['an age is impossible', { age: 151 }, ['/age']],
    ['a date is none', { seen: 'yesterday' }, ['/seen']],
    ['a postcode is a number', { zip: 10027 }, ['/zip']],
    ['a field is unknown', { diameter: 3 }, ['/diameter']],
    ['several faults meet', { radius: 'x', side: 1, diameter: 3 }, ['/radius', '/side', '/diameter']],
    ['a field is named as what every object has', { constructor: 1 }, ['/constructor']],
  ])('is refused where %s', (_, change, expected) => {
    const input = { ...whole, ...change };
    expect(read(input).fits).toBe(false);
    expect(pointers(input)).toEqual(expected);
  });

  test('is told what was expected and of what kind the value is, never the value', () => {
    expect(reader.faultsOf({ ...whole, radius: 'Jane Doe', side: 'Jane Doe' })).toEqual([
      { pointer: '/radius', detail: 'expected a number from 0 up to 50; got a string that is not' },
      { pointer: '/side', detail: 'expected one of left, right; got a string that is not' },
    ]);
  });

  test('has no unknown name repeated that could not be the name of a field', () => {
    expect(pointers({ ...whole, 'Jane Doe, born 1931': 1 })).toEqual(['']);
  });

  test('is one exactly where there is a fault to tell', () => {
    const value = fc.oneof(
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('left', '10027', 61),
    );
    const inputs = fc.dictionary(fc.constantFrom(...Object.keys(schema.fields), 'other'), value);
    fc.assert(
      fc.property(inputs, fc.boolean(), (change, complete) => {
        const input = complete ? { ...whole, ...change } : change;
        return read(input).fits === (reader.faultsOf(input).length === 0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a signature', () => {
  test('fits its schema in any order of columns', () => {
    expect(fitsSchema(signature, schema)).toBe(true);
    expect(fitsSchema({ ...signature, numeric: signature.numeric.toReversed() }, schema)).toBe(true);
  });

  test.each<[string, Partial<Signature>]>([
    ['a column is missing', { numeric: signature.numeric.slice(1) }],
    ['a column is another', { categorical: ['side', 'name'] }],
    ['a column comes twice', { categorical: ['side', 'side'] }],
    ['the classes are in another order', { classes: ['malignant', 'benign'] }],
  ])('does not where %s', (_, change) => {
    expect(fitsSchema({ ...signature, ...change }, schema)).toBe(false);
  });
});
