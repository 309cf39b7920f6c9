import { describe, expect, test } from '@jest/globals';
import { ModelDeclaration } from '../../contracts/model.ts';
import { declare } from './declarations.ts';

/** The faults of a declaration, each with its place. */
const faultsOf = (declaration: unknown): string[] =>
  (ModelDeclaration.safeParse(declaration).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('/')}: ${message}`,
  );

const withField = (field: unknown) => {
  const { schema } = declare();
  return { ...declare(), schema: { ...schema, fields: { ...schema.fields, extra: field } } };
};

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('a field that is wrong is told what was expected, at its place', () => {
  test.each([
    [{ kind: 'featur' }, 'extra/kind: expected a kind: feature, identifier, subject, date, age or zip'],
    [{ kind: 'feature', type: 'image' }, 'extra/type: expected a type: number, category, boolean, text or timestamp'],
    [{ kind: 'feature', type: 'text' }, 'extra/deidentified: expected deidentified: true'],
    [{ kind: 'feature', type: 'timestamp', deidentified: false }, 'extra/deidentified: expected deidentified: true'],
    [{ kind: 'feature', type: 'number', minimum: 'low' }, 'extra/minimum: Invalid input: expected number'],
    [{ kind: 'feature', type: 'number', minimum: 2, maximum: 1 }, 'extra: expected minimum to be at most maximum'],
    [{ kind: 'feature', type: 'category', categories: ['a', 'a'] }, 'extra/categories: expected each category once'],
    [{ kind: 'subject' }, 'fields: expected at most one subject'],
    [7, 'extra: expected a kind'],
  ])('%j', (field, fault) => {
    expect(faultsOf(withField(field))).toEqual([expect.stringContaining(fault)]);
  });
});

describe('a budget of nothing is refused', () => {
  test.each([
    [{ seconds: 0 }, 'recipe/parameters/seconds: expected seconds above 0'],
    [{ trials: -1 }, 'recipe/parameters/trials: expected trials above 0'],
    [{ trials: 'many' }, 'recipe/parameters/trials: expected trials above 0'],
  ])('%j', (parameters, fault) => {
    expect(faultsOf({ ...declare(), recipe: { parameters } })).toEqual([expect.stringContaining(fault)]);
  });
});

describe('what the table could not hold is refused', () => {
  test('a limit beyond what a measure can be', () => {
    for (const maximum of [1e300, -1e300, 1e-200]) {
      expect(faultsOf(withField({ kind: 'feature', type: 'number', maximum }))).toEqual([
        expect.stringContaining('extra/maximum'),
      ]);
    }
    expect(faultsOf(withField({ kind: 'feature', type: 'number', minimum: 0, maximum: 1e20 }))).toEqual([]);
  });

  test('parameters of a recipe that are deep, or too many', () => {
    for (const algorithms of [nested(2), { a: 1 }, Array(600).fill('linear')]) {
      expect(faultsOf({ ...declare(), recipe: { parameters: { algorithms: ['linear', 'xgboost'] } } })).toEqual([]);
      expect(faultsOf({ ...declare(), recipe: { parameters: { algorithms } } })).toHaveLength(1);
    }
  });

  test('a schema of more bytes than one item has', () => {
    const categories = (character: string) =>
      Array.from({ length: 1000 }, (_, index) => `${index}`.padEnd(100, character));
    expect(faultsOf(withField({ kind: 'feature', type: 'category', categories: categories('x') }))).toEqual([]);
    expect(faultsOf(withField({ kind: 'feature', type: 'category', categories: categories('語') }))).toEqual([
      expect.stringMatching(/^schema: expected at most 250000 bytes/),
    ]);
  });
});
