import { describe, expect, test } from '@jest/globals';
import { ModelDeclaration } from '../../contracts/model.ts';
import { declare } from './declarations.ts';

const { schema } = declare();
const withoutSubject = {
  ...schema,
  fields: Object.fromEntries(Object.entries(schema.fields).filter(([, { kind }]) => kind !== 'subject')),
};
const withSubject = { ...schema, fields: { ...withoutSubject.fields, person: { kind: 'subject' } } };

const faultsOf = (policies: object, given: object = withoutSubject): string[] =>
  (ModelDeclaration.safeParse({ ...declare(), schema: given, policies }).error?.issues ?? []).map(({ path }) =>
    path.join('/'),
  );

const stage = (weight: number, more: object = {}) => ({ name: `s-${weight}`, weight, ...more });

describe('a policy by which a rollout could never end well is refused when it is declared', () => {
  test.each([
    ['an α below what evidence can reach', { promotionAlpha: 1e-12 }, 'promotionAlpha'],
    ['the same of rollback', { rollbackAlpha: 1e-10 }, 'rollbackAlpha'],
    [
      'a shadow that waits for evidence, which it has none of',
      { evidence: 'randomised', stages: [stage(0, { rampEvidence: 10 }), stage(50)] },
      'stages/0/rampEvidence',
    ],
    [
      'a bandit that ends before it may decide',
      { evidence: 'randomised', strategy: 'bandit', maximumUnits: 300 },
      'maximumUnits',
    ],
    ['baking beyond the end', { strategy: 'blue-green', bakeSeconds: 3600, maximumSeconds: 3600 }, 'bakeSeconds'],
    ['an end before any reward counts', { evidence: 'randomised', maximumSeconds: 86_400 }, 'maximumSeconds'],
  ])('%s', (_, rollout, place) => {
    expect(faultsOf({ rollout })).toEqual([`policies/rollout/${place}`]);
  });

  test('a window that no outcome is in time for', () => {
    expect(faultsOf({ outcomes: { windowSeconds: 0 } })).toEqual(['policies/outcomes/windowSeconds']);
  });

  test('what a strategy does not use stands in nobody’s way', () => {
    expect(faultsOf({ rollout: { strategy: 'canary', bakeSeconds: 3600, maximumSeconds: 600 } })).toEqual([]);
    expect(faultsOf({ rollout: { strategy: 'blue-green', bakeSeconds: 3000, maximumSeconds: 3600 } })).toEqual([]);
    expect(faultsOf({ rollout: { evidence: 'randomised', strategy: 'canary', maximumUnits: 300 } })).toEqual([]);
  });

  test('predictions wait for others of the same person only where a subject is declared', () => {
    const rollout = { evidence: 'randomised', maximumSeconds: 100_000 };
    expect(faultsOf({ rollout })).toEqual([]);
    expect(faultsOf({ rollout }, withSubject)).toEqual(['policies/rollout/maximumSeconds']);
    expect(faultsOf({ rollout, outcomes: { unitSeconds: 0 } }, withSubject)).toEqual([]);
  });
});

test('names of fields that would not fit into a route are refused', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 700 }, (_, index) => [`f${index}`.padEnd(60, 'x'), { kind: 'feature', type: 'number' }]),
  );
  expect(faultsOf({}, { ...schema, fields })).toEqual(['schema/fields']);
});
